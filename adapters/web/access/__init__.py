"""What a caller may see and do, for the API and the pages alike."""
