"""Inspections: planned, joint, one visit per county and month, findings that become cases."""
