"""Suspensions of production: order, measures, public notice, acceptance, resumption."""
