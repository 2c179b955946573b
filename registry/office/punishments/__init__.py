"""Joint punishment: which department must apply or lift which measure, and what it did."""
