"""Watched counterparties of agencies: looked at again at every change that could concern them."""
