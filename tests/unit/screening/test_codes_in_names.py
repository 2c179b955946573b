"""A credit code in the place of a name is never looked up as one, which would make it clear."""

from __future__ import annotations

import pytest

from registry.core.errors import InvalidInput
from registry.public.screening.requests import CheckRequest, normalize

CODE = "91990121XY00000126"
FIRM = "样例矿业有限公司"


@pytest.mark.parametrize(
    ("typed", "name", "code"),
    [
        (CODE, None, CODE),
        ("９１９９０１２１ xy00000126", None, CODE),
        (f"{FIRM}{CODE}", FIRM, CODE),
        (f"{FIRM}（统一社会信用代码：{CODE}）", FIRM, CODE),
        (f"{CODE.lower()} {FIRM}", FIRM, CODE),
        ("SEA STAR 12", "SEA STAR 12", None),
        ("360安全科技", "360安全科技", None),
        ("样例第12345678901234567890号煤矿", "样例第12345678901234567890号煤矿", None),
    ],
)
def test_a_code_is_taken_for_what_it_is(typed: str, name: str | None, code: str | None) -> None:
    asked = normalize(CheckRequest(name=typed))
    assert (asked.name, asked.code) == (name, code)


@pytest.mark.parametrize("typed", ["91990121XY00000127", f"{FIRM}91990121XY00000127", "9199012100"])
def test_a_mistyped_code_is_named_and_not_searched_as_a_name(typed: str) -> None:
    with pytest.raises(InvalidInput) as error:
        normalize(CheckRequest(name=typed))
    assert set(error.value.fields) == {"name"}


def test_two_codes_contradict_each_other() -> None:
    assert normalize(CheckRequest(name=f"{FIRM} {CODE}", code=CODE)).name == FIRM
    with pytest.raises(InvalidInput) as error:
        normalize(CheckRequest(name=f"{FIRM} {CODE}", code="91990122XY0000020F"))
    assert set(error.value.fields) == {"name"}


def test_a_persons_name_is_left_as_it_is() -> None:
    asked = CheckRequest(name="X12345678", document="G1234567")
    assert normalize(asked).name == "X12345678"
