"""Whom cases are about: enterprises, institutions, natural persons, and the sites they work.

``service`` and ``merge`` write, ``queries`` reads, ``payloads`` says what the public may see of
them. A merged entity stays as a row that points to the one kept, so an old id keeps working.
"""
