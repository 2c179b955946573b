"""Code lists and public ids."""
