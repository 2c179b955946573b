"""Indicators counted from events, dated snapshots of them, and what is published and exported."""
