"""An evaluation agency (E4) and a testing body (E5), their qualifications and staff."""

from __future__ import annotations

from datetime import date
from typing import Any

from docket_office import Bureau

from registry.core.db import WorkingSession
from registry.office import dockets
from registry.office.dockets.models import Docket
from registry.office.entities import service as entities
from registry.office.entities.drafts import EntityDraft
from registry.office.providers import service
from registry.office.providers.models import ProviderStaff

EVALUATION = {
    "field": "evaluation",
    "scopes": ["coal-evaluation"],
    "certificate_number": "APJ-（演）-004",
    "certificate_issuer": "演示省样例应急管理厅",
    "since": "2023-01-01",
    "until": "2027-12-31",
    "assets_yuan": "9000000.00",
}
TESTING = {
    **EVALUATION,
    "field": "testing",
    "scopes": ["non-coal-testing"],
    "certificate_number": "JC-（演）-005",
}


def organization(session: WorkingSession, bureau: Bureau, serial: int = 4) -> int:
    """A further enterprise of the bureau's region."""
    codes = {4: "91990100XY0000047B", 5: "12990100XY0000055B", 7: "91990100XY0000071U"}
    names = {
        4: "样例安全评价有限公司(虚构)",
        5: "演示省矿用设备检测样例中心(虚构)",
        7: "样例矿山设计院有限公司(虚构)",
    }
    draft = EntityDraft("enterprise", names[serial], credit_code=codes[serial], region="990100")
    added = entities.add_entity(session, bureau.acting("clerk", "2024-01-02"), draft)
    return added.id or 0


def entry(
    session: WorkingSession,
    bureau: Bureau,
    subject: int,
    facts: dict[str, Any],
    day: str = "2024-02-01",
) -> Docket:
    """A draft of the register."""
    return dockets.open_docket(
        session,
        "provider",
        bureau.acting("clerk", day),
        facts=facts,
        title="机构登记",
        region="990100",
        subject_id=subject,
    )


def registered(
    session: WorkingSession,
    bureau: Bureau,
    subject: int,
    facts: dict[str, Any],
    day: str = "2024-02-01",
) -> Docket:
    """An entry, approved and published on one day."""
    docket = entry(session, bureau, subject, facts, day)
    bureau.act(session, docket, "submit", "clerk", day)
    return bureau.act(session, docket, "register", "approver", day)


def member(
    session: WorkingSession,
    bureau: Bureau,
    subject: int,
    name: str,
    number: str = "",
    *,
    until: date = date(2028, 12, 31),
    **more: Any,
) -> ProviderStaff:
    """A member of the staff with a certificate."""
    draft = service.StaffDraft(
        name=name,
        since=date(2023, 1, 1),
        certificate_kind=more.pop("kind", "safety-evaluator"),
        level=more.pop("level", 1),
        number=number,
        certificate_since=date(2023, 1, 1),
        certificate_until=until,
        **more,
    )
    acting = bureau.acting("clerk", "2024-02-02")
    return service.add_staff(session, acting, subject, draft, keys=bureau.keys)
