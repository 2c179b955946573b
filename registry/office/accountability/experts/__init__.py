"""Experts: who is in the pool, what keeps one out of a case, appraisals and their opinions."""
