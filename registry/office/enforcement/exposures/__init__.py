"""Negative examples: reviewed and masked before they are shown to all."""
