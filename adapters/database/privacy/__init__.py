"""Personal data in the tables: requests about it, exports, erasures and what is left."""
