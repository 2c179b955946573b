"""Query strings and forms of the public site."""
