"""Leaders who go underground: their posts and terms, their visits, what is due and overdue."""
