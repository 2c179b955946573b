"""What an enterprise keeps and the registry knows of: awards inside it, its lists."""
