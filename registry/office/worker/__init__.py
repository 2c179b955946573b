"""The process that carries things between the stores, and what an installation is made of."""
