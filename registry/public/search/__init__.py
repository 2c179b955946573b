"""Full-text search over what is published: ids only, records are re-read from the gazette."""
