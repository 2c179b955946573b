"""Requests and answers of the API under ``/api/v1``."""
