"""The closed side: used by the admin site and the worker only."""
