"""Word segmentation and spelling correction for the search."""
