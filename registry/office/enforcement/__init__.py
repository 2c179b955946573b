"""Administrative penalties: the kind of case on which a listing rests."""
