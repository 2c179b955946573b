"""What the pages for reporters work with: sealed form tokens, sealed uploads, the gate."""
