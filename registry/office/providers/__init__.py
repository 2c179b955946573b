"""Third-party service organizations: their qualifications by field, and their staff."""
