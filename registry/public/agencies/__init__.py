"""Agencies that ask through the API: their keys, their lists, what they asked and decided."""
