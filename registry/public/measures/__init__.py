"""Measures of joint punishment as departments see them: what is due, and what they answered."""
