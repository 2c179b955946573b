"""Reports of service organizations: filed, signed, disclosed, found wrong, traced back."""
