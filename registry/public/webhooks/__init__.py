"""Telling other systems: endpoints of agencies, signed messages, deliveries tried again."""
