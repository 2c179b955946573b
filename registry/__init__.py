"""The registry: what is kept (office), what is published (public), and what both rest on (core)."""
