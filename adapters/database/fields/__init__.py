"""The fields that plugins declared."""
