"""Pictures and files: in a folder that the web server, or a CDN before it, serves."""
