"""To whom tips are sealed: the public record of each authority's intake keys, kept up to date.

An authority takes tips in while somebody on duty has a key, a custodian (its own or of the office
above) has one, and there is a recovery key; otherwise its record is withdrawn and the next office
above takes them. Nobody has to remember to publish: rosters and keys tell this module.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

import rfc8785
from nacl.public import PublicKey
from sqlmodel import col, select

from registry.core.clock import legal_day
from registry.core.codes.public_id import new_public_id
from registry.core.db import WorkingSession
from registry.office.publisher import service as publisher
from registry.office.staff import officer_keys, queries
from registry.office.staff.models import Authority, OfficerKey, RecoveryKey
from registry.office.tips.models import IntakeRecord
from registry.public.gazette.payloads import AuthorityRef, IntakeKeyPayload
from registry.public.inbox import recipients
from registry.public.inbox.sealing import NoRecipient

KIND = recipients.KIND


def publish(session: WorkingSession, now: datetime) -> None:
    """Bring every authority's record to what rosters and keys say."""
    recovery = officer_keys.recovery(session)
    for authority in queries.authorities(session):
        _publish(session, authority, recovery, now)


def _publish(
    session: WorkingSession, authority: Authority, recovery: RecoveryKey | None, now: datetime
) -> None:
    authority_id = authority.id or 0
    record = session.get(IntakeRecord, authority_id)
    duty = officer_keys.duty_keys(session, authority_id)
    custodians = officer_keys.custodian_keys(session, authority) if duty else []
    if not duty or not custodians or recovery is None:
        _withdraw(session, record, now)
        return
    told = _digest(authority, duty, custodians, recovery)
    if record is not None and record.digest == told:
        return
    if record is None or not record.digest:
        record = _fresh(session, authority_id, record)
    record.digest, record.epoch = told, record.epoch + 1
    session.add(record)
    session.flush()
    publisher.publish(
        session,
        kind=KIND,
        id=record.public_id,
        payload=_payload(authority, duty, custodians, recovery, record.epoch),
        effective=now,
        publish_until=None,
        now=now,
        docket_id=None,
    )


def payload(session: WorkingSession, authority_id: int) -> IntakeKeyPayload:
    """What the authority's record says as it stands. Raises ``NoRecipient`` where it is closed."""
    authority = queries.authority(session, authority_id)
    recovery = officer_keys.recovery(session)
    if recovery is None:
        raise NoRecipient
    duty = officer_keys.duty_keys(session, authority_id)
    custodians = officer_keys.custodian_keys(session, authority)
    record = session.get(IntakeRecord, authority_id)
    return _payload(authority, duty, custodians, recovery, record.epoch if record else 1)


def _fresh(session: WorkingSession, authority_id: int, record: IntakeRecord | None) -> IntakeRecord:
    """A record under a new id: a withdrawal is for good."""
    public_id = new_public_id(KIND)
    if record is None:
        return IntakeRecord(authority_id=authority_id, public_id=public_id)
    record.public_id = public_id
    return record


def _withdraw(session: WorkingSession, record: IntakeRecord | None, now: datetime) -> None:
    if record is None or not record.digest:
        return
    record.digest = ""
    session.add(record)
    session.flush()
    publisher.withdraw(
        session,
        kind=KIND,
        id=record.public_id,
        reason="ended",
        effective=now,
        now=now,
        docket_id=None,
    )


def _payload(
    authority: Authority,
    duty: list[OfficerKey],
    custodians: list[OfficerKey],
    recovery: RecoveryKey,
    epoch: int,
) -> IntakeKeyPayload:
    named: AuthorityRef = {
        "name": authority.name,
        "code": authority.code,
        "region": authority.region,
    }
    if authority.name_en:
        named["name_en"] = authority.name_en
    return recipients.build_payload(
        authority=named,
        region=authority.region,
        level=authority.level,
        officers=[(PublicKey(one.public), legal_day(one.made)) for one in duty],
        custodians=[(PublicKey(one.public), legal_day(one.made)) for one in custodians],
        recovery=(PublicKey(recovery.public), legal_day(recovery.made)),
        epoch=epoch,
    )


def _digest(
    authority: Authority,
    duty: list[OfficerKey],
    custodians: list[OfficerKey],
    recovery: RecoveryKey,
) -> str:
    content: dict[str, Any] = {
        "authority": [authority.name, authority.name_en, authority.region, authority.level],
        "duty": sorted(one.key_id for one in duty),
        "custodians": sorted(one.key_id for one in custodians),
        "recovery": recovery.key_id,
    }
    return hashlib.sha256(rfc8785.dumps(content)).hexdigest()


def open_intakes(session: WorkingSession) -> frozenset[int]:
    """Authorities that take tips in."""
    query = select(IntakeRecord.authority_id).where(col(IntakeRecord.digest) != "")
    return frozenset(session.exec(query))


if publish not in officer_keys.ON_CHANGE:
    officer_keys.ON_CHANGE.append(publish)
