"""One state of the gazette for everything that one answer says.

SQLite reads one state from the first statement of a transaction on by itself. PostgreSQL does so
from REPEATABLE READ on; without it, a page and the sequence named beside it could differ.
"""

from __future__ import annotations

from registry.core.db import GazetteSession


def pin(session: GazetteSession) -> GazetteSession:
    """``session``, which from now on sees one state; call it before its first statement."""
    if session.get_bind().dialect.name == "postgresql" and not session.in_transaction():
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    return session
