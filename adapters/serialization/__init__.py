"""Data formats that several adapters share. Imports no other adapter."""
