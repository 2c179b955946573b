"""Major hidden dangers: found, supervised, put right, accepted."""
