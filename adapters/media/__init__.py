"""Stores pictures in a folder that the web server or a CDN serves."""
