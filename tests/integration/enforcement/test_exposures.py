"""Negative examples: nobody is named, three pairs of eyes before release, an end."""

from __future__ import annotations

import json
from typing import Any

import pytest
from docket_office import BOOK, Bureau, at
from enforcement_kit import opened, published

from registry.core.db import Store, WorkingSession
from registry.core.errors import Forbidden
from registry.office import dockets
from registry.office.dockets.models import Docket
from registry.office.listings.service import expire_due

pytestmark = pytest.mark.sqlite_only
FACTS = {
    "exposure_kind": "fake-training",
    "headline": "虚假培训骗取合格证明",
    "story": "张某组织虚假培训，伪造学时记录。",
    "lesson": "培训必须真实。",
    "exposure_source": "处罚案卷",
}
REVIEW = {
    "persons_masked": True, "decisions_final": True, "no_secrets": True, "review_text": "可以公开",
}  # fmt: skip


def drafted(session: WorkingSession, bureau: Bureau, **more: Any) -> Docket:
    people = [dockets.Party(bureau.person, "direct-person")]
    return opened(session, bureau, "exposure", "2026-07-01", {**FACTS, **more}, parties=people)


def approved(session: WorkingSession, bureau: Bureau) -> Docket:
    docket = drafted(session, bureau)
    bureau.act(session, docket, "submit", "clerk", "2026-07-02")
    bureau.act(session, docket, "review", "reviewer", "2026-07-03", REVIEW)
    done = {"approved_on": "2026-07-04"}
    return bureau.act(session, docket, "approve", "approver", "2026-07-04", done)


def test_reviewed_approved_published_and_ended(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        docket = approved(session, bureau)
        assert published(session, docket) == []
        bureau.act(session, docket, "publish", "publisher", "2026-07-05")
        ((op, shown),) = published(session, docket)
        assert op == "PUT" and shown["name"] == "虚假培训骗取合格证明"
        assert shown["persons"] == [{"name": "张某", "role": "direct-person"}]
        assert "张样例" not in json.dumps(shown["persons"], ensure_ascii=False)
        assert shown["unit"]["kind"] == "enterprise" and "subject" not in shown
        assert expire_due(session, at("2029-07-06", 0), BOOK) == 1
        assert docket.state == "ended" and published(session, docket)[-1][0] == "DEL"


@pytest.mark.parametrize("field", ["headline", "story", "lesson"])
def test_nobody_is_named(working: Store[WorkingSession], bureau: Bureau, field: str) -> None:
    with working.write() as session:
        docket = drafted(session, bureau, **{field: "张样例伪造培训记录"})
        with pytest.raises(dockets.Refused, match="by name"):
            bureau.act(session, docket, "submit", "clerk", "2026-07-02")
        acting = bureau.acting("clerk", "2026-07-02")
        dockets.redact(
            session, docket, acting, name=field, text="张某伪造培训记录", version=docket.version
        )
        bureau.act(session, docket, "submit", "clerk", "2026-07-02")


def test_three_people_stand_behind_a_release(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        docket = drafted(session, bureau)
        bureau.act(session, docket, "submit", "clerk", "2026-07-02")
        bureau.act(session, docket, "review", "all", "2026-07-03", REVIEW)
        done = {"approved_on": "2026-07-04"}
        with pytest.raises(Forbidden):
            bureau.act(session, docket, "approve", "all", "2026-07-04", done)
        bureau.act(session, docket, "approve", "approver", "2026-07-04", done)


def test_a_person_alone_stands_behind_no_name(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        docket = opened(session, bureau, "exposure", "2026-07-01", FACTS, subject_id=bureau.person)
        bureau.act(session, docket, "submit", "clerk", "2026-07-02")
        bureau.act(session, docket, "review", "reviewer", "2026-07-03", REVIEW)
        bureau.act(
            session, docket, "approve", "approver", "2026-07-04", {"approved_on": "2026-07-04"}
        )
        bureau.act(session, docket, "publish", "publisher", "2026-07-05")
        text = json.dumps(published(session, docket), ensure_ascii=False)
        assert "张样例" not in text and "990101" not in text
