"""Referral of suspected crimes: from the team to the verdict."""
