"""Lists that other bodies keep: read by a YAML description, applied as full snapshots.

Adding a list is adding a file under ``lists/``; ``service.import_snapshot`` does the rest.
"""
