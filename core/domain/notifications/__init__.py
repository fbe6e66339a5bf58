"""Messages to people, as templates with samples."""
