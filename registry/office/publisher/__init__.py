"""The bridge outward: outbox, publisher, cross-check, takedown."""
