"""Accidents: reported when and how late, how grave, who investigates, what became of it."""
