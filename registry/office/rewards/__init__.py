"""Rewards for reports: award, claim, payment by a third person, ledger, figures."""
