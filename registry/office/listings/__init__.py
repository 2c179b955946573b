"""Lists of seriously untrustworthy entities: a listing from draft to removal."""
