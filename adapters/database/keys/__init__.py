"""SQL of data keys, which have a database of their own, and of blind-index rotation."""
