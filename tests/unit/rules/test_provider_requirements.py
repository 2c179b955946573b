"""What a field asks, held against staff: minima, shares, posts; and the status on a day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from registry.core import rules
from registry.office.providers.models import ProviderStaff
from registry.office.providers.requirements import TURNS, count, requirements, status_on

DAY = date(2026, 11, 20)
RULES = rules.load(demo=True).on(DAY)


def staff(person: int, level: int, kind: str = "safety-evaluator", post: str = "") -> ProviderStaff:
    return ProviderStaff(
        organization_id=1, person_id=person, certificate_kind=kind, level=level, post=post,
        certificate_since=date(2020, 1, 1), certificate_until=date(2028, 1, 1),
        since=date(2020, 1, 1), created=datetime(2026, 1, 1, tzinfo=UTC),
        updated=datetime(2026, 1, 1, tzinfo=UTC),
    )  # fmt: skip


def test_an_evaluation_agency_of_two_scopes_needs_thirty() -> None:
    field = RULES.provider_field("evaluation")
    rows = [staff(n, 1 if n < 6 else 2 if n < 15 else 3) for n in range(29)]
    rows += [staff(n, 1, "safety-engineer") for n in range(8)]
    found = requirements(field, field.scopes, count(rows, DAY), 8_000_000, RULES.roles)
    by = {str(one.label): one for one in found}
    assert (by["Full-time certified staff"].have, by["Full-time certified staff"].need) == (29, 30)
    assert by["Of these level 1"].need == 6 and by["Of these level 1"].met
    assert by["Registered safety engineers"].need == 9
    assert not by["Registered safety engineers"].met
    assert by["Fixed assets in yuan"].met
    assert [one.met for one in found if one.label == "Post filled"] == [False, False]


def test_a_person_with_two_certificates_counts_once_by_the_best() -> None:
    rows = [staff(1, 3), staff(1, 1), staff(2, 2, post="process-lead")]
    found = count(rows, DAY)
    assert (found.people, found.level_1, found.level_2) == (2, 1, 1)
    assert found.posts == {"process-lead"}


def test_part_time_left_and_expired_do_not_count() -> None:
    left, part, old = staff(1, 1), staff(2, 1), staff(3, 1)
    left.until, part.full_time, old.certificate_until = DAY - timedelta(1), False, date(2025, 1, 1)
    assert count([left, part, old], DAY).people == 0


@given(
    st.lists(st.tuples(st.sampled_from(sorted(TURNS)), st.integers(0, 900)), max_size=8),
    st.integers(0, 1000),
    st.integers(0, 1000),
)
def test_the_status_is_that_of_the_last_turn_unless_the_validity_is_over(
    turns: list[tuple[str, int]], until: int, day: int
) -> None:
    start = date(2024, 1, 1)
    ordered = sorted(turns, key=lambda turn: turn[1])
    dated = [(action, start + timedelta(offset)) for action, offset in ordered]
    found = status_on(dated, start + timedelta(until), start + timedelta(day))
    past = [action for action, offset in ordered if offset <= day]
    if not past:
        assert found is None
    elif TURNS[past[-1]] == "valid" and day > until:
        assert found == "expired"
    else:
        assert found == TURNS[past[-1]]
