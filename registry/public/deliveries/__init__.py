"""Rows that platforms hand in through the API, on their way to the imports desk and back."""
