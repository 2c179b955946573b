"""The demonstration: a fictional province whose records are made through the services."""
