"""Who is answerable: chains of who checked and signed, what lies where, leaders, experts."""
