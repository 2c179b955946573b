"""Codes and numbers that pass every check and belong to nobody.

Region prefix 99 does not exist in GB/T 2260, and organization codes begin with XY.
"""

from __future__ import annotations

from registry.core.names.creditcode import credit_check, organization_check
from registry.core.names.documents import resident_check


def credit_code(kind: str, region: str, serial: int) -> str:
    """A credit code of ``kind`` (its first two symbols, such as "91") in ``region``."""
    organization = f"XY{serial:06d}"
    body = f"{kind}{region}{organization}{organization_check(organization)}"
    return body + credit_check(body)


def resident_id(region: str, serial: int) -> str:
    """A resident ID number that passes its check; region 99 has no residents."""
    body = f"{region}{1900 + serial // 1000 % 99}0101{serial % 1000:03d}"
    return body + resident_check(body)
