"""Schema versions of the three stores: one Alembic history and one head each."""
