"""Certificates of persons as the issuing body has them, and the check of a number against them."""
