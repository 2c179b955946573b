"""Opinions and suggestions that an authority sends to a local government, to their answer."""
