"""The inbox: receipts, sealing, and the insert-only intake of tips."""
