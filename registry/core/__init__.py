"""The kernel. Knows no other room."""
