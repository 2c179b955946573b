"""What parties file online: codes on served papers, the way in, the officers' desk, the answers."""

from registry.office.procedures import marks as _marks  # noqa: F401 - registers itself
