"""The licence gate: each condition looked at on the spot, put right in time, granted or not."""
