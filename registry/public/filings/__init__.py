"""Reports that organizations hand in through the API, on their way to the office and back."""
