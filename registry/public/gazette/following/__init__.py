"""Verified copies of the log, kept elsewhere: through ``changes``, checkpoint by checkpoint."""
