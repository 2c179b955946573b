"""What a record's page says, worked out from its payload, the rules and the day."""
