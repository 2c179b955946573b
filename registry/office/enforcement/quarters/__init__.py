"""The quarterly report of an enterprise on its major hidden dangers."""
