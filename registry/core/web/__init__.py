"""What both sites share of the web: languages, headers, errors, sessions, forms, templates."""
