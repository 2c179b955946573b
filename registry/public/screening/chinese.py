"""Features of two Chinese names.

The cores (brand and trade) are aligned character by character; what the alignment leaves over on
either side is judged by what it is. Left over on one side only, a word is missing, which happens
to every name; left over on both sides, it is another word, and another brand is another body.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from registry.core.names import NameAnatomy
from registry.core.names.anatomy import (
    PROVINCE_SHORT,
    is_generic,
    is_institute,
    is_trade,
    kin,
    with_branch,
)
from registry.core.names.writings import as_written
from registry.public.screening.branches import branch_score
from registry.public.screening.placing import region_score
from registry.public.screening.sides import (
    SHORT_FORMS,
    Rest,
    Side,
    left_over,
    read_short,
    says_group,
    share_regions,
    side_of,
    unaligned,
)
from registry.public.screening.weighing import FeatureResult, result

_SLIPPED = 0.9
_KIN = 0.75
_PART = 0.4
_MEMBER = 0.74
"""Of a group's member without the beginning of its own name, as of any brand without it."""
_OTHER_TRADE = 0.45
"""Of another word at the end of the trade, which says what the body does (化工, 化工装备)."""
_SHORT_BRAND = (0.0, 0.5, 0.74, 0.9)
"""Of the beginning of a brand as a short name, by its length."""
_SHORT_TRADE = (0.4, 0.4, 0.66, 0.75)
"""Of a short name without its trade words, by the length of its brand."""


def features(a: NameAnatomy, b: NameAnatomy) -> Iterator[FeatureResult]:
    """The results of all features that either name has, the gravest first."""
    if bool(a.branch) != bool(b.branch):
        a, b = (_parted(a, b), b) if b.branch else (a, _parted(b, a))
    left, right = side_of(a), side_of(b)
    if left.short != right.short:
        read_short(*((left, right) if left.short else (right, left)))
    share_regions(left, right)
    rest_a, rest_b, slipped = left_over(left, right)
    brand = _brand(left, right, rest_a, rest_b, generic=_bare(a) and _bare(b))
    if (
        brand < _MEMBER
        and left.group
        and right.group
        and _is_same_member(a, b, rest_a.brand_text, rest_b.brand_text)
    ):
        brand = _MEMBER
    yield result("brand", _brand_of(a), _brand_of(b), brand)
    trade = _trade(left, right, rest_a, rest_b) * (_SLIPPED if slipped else 1)
    if trade < _KIN and not rest_a.brand and not rest_b.brand and _are_kin(a, b):
        trade = _KIN
    elif trade < 1 and _is_part(a, b):
        trade = min(trade, _PART)
    yield result("trade", "".join(a.trade), "".join(b.trade), trade)
    if left.regions or right.regions:
        score = region_score(left, right)
        yield result("region", " ".join(a.region), " ".join(b.region), score)
    if a.numerals or b.numerals:
        score = _numerals(a.numerals, b.numerals)
        yield result("numerals", " ".join(a.numerals), " ".join(b.numerals), score)
    if a.branch or b.branch:
        yield result("branch", a.branch, b.branch, branch_score(a, b))
    if a.legal_form or b.legal_form:
        score = 0.0 if _is_group_and_shares(a, b) else _legal_form(a.legal_form, b.legal_form)
        yield result("legal_form", a.legal_form, b.legal_form, score)
    if a.group or b.group:
        score = 1.0 if a.group == b.group else 0.7
        yield result("group", " ".join(a.group), " ".join(b.group), score)


def _parted(one: NameAnatomy, whole: NameAnatomy) -> NameAnatomy:
    """``one``, which names no branch, with that of ``whole`` where it ends in it.

    Only where the rest is of ``whole``'s own name, which lost its form: 样例化工石门沟分公司.
    """
    parted = with_branch(one, whole.branch)
    if parted is None or unaligned(parted.core, whole.core)[0]:
        return one
    return parted


def _is_group_and_shares(a: NameAnatomy, b: NameAnatomy) -> bool:
    """Whether one is a group (样例集团有限公司) and the other its company limited by shares.

    A group that brings its business to the stock exchange founds 样例股份有限公司 beside itself;
    one that is itself made a company limited by shares keeps 集团 in its name.
    """
    grouped, other = (a, b) if says_group(a) else (b, a)
    if not says_group(grouped) or says_group(other):
        return False
    shares = other.legal_form.startswith("股份") and other.legal_form not in SHORT_FORMS
    return shares and grouped.legal_form.startswith("有限")


def _brand_of(name: NameAnatomy) -> str:
    """The brand as the name spells it."""
    return as_written(name.brand, name.folded)


def _are_kin(a: NameAnatomy, b: NameAnatomy) -> bool:
    """Whether the trades are two words for one thing (煤矿 and 煤业, 制药 and 药业)."""
    return [kin(word) for word in a.trade] == [kin(word) for word in b.trade]


_PARTS = re.compile(r"附属|工会|子弟|职工(?!总?医院)")


def _is_part(a: NameAnatomy, b: NameAnatomy) -> bool:
    """Whether one is a body of the other's: its subsidiary behind 集团, its school, its union."""
    if bool(_PARTS.search(a.folded)) != bool(_PARTS.search(b.folded)):
        return True
    if _is_office(a, b) or _is_office(b, a):
        return True
    if not (says_group(a) and says_group(b)):
        return False
    return _behind_group(a) != _behind_group(b)


_OFFICE = re.compile(r"(?<!工程)(?<![0-9航公])(?:局|厅|委员会|人民政府)$")


def _is_office(whole: NameAnatomy, part: NameAnatomy) -> bool:
    """Whether ``part`` is a service of the authority ``whole``: 某局 and 某局机关服务中心."""
    rest = part.folded.removeprefix(whole.folded)
    return rest not in {part.folded, ""} and _OFFICE.search(whole.folded) is not None


def _behind_group(name: NameAnatomy) -> bool:
    """Whether a trade stands behind 集团: 样例集团财务有限公司 is another body than the group."""
    rest = name.behind_group
    covered = is_trade(rest) or (rest and "".join(name.trade).endswith(rest))
    return bool(covered) and rest != "国际"


def _is_same_member(a: NameAnatomy, b: NameAnatomy, brand_a: str, brand_b: str) -> bool:
    """Whether the left-over ``brand_a`` or ``brand_b`` begins the name of a group's member.

    样例集团范本岭煤业 and 样例集团虚岭范本岭煤业: whose it was, or where it lies, is left out.
    One character more is another mine (东范本岭), and of the name itself two must stay.
    """
    extra = brand_a or brand_b
    if len(extra) < 2 or (brand_a and brand_b):
        return False
    whole, part = (a, b) if brand_a else (b, a)
    own = len(part.behind_group) - len("".join(part.trade))
    return own >= 2 and whole.behind_group == extra + part.behind_group


def may_meet(a: NameAnatomy, b: NameAnatomy) -> bool:
    """Whether the brand of either has all its characters in the other; else another body.

    Only a quicker way to a part of what ``features`` finds.
    """
    return _consists(a.brand, _letters(b)) or _consists(b.brand, _letters(a))


def _consists(brand: str, letters: str) -> bool:
    """Whether ``brand`` has no other character than ``letters``."""
    return not brand.strip(letters)


def _letters(name: NameAnatomy) -> str:
    initials = [PROVINCE_SHORT.get(stem, "") for stem in name.region]
    return "".join((*name.region, name.brand, *name.trade, name.branch, *initials))


def _bare(name: NameAnatomy) -> bool:
    """Whether the name has no brand of its own, so that a trade word stands in its place."""
    return is_trade(name.brand)


def _brand(left: Side, right: Side, rest_a: Rest, rest_b: Rest, *, generic: bool) -> float:
    brand_a, brand_b = rest_a.brand_text, rest_b.brand_text
    if not brand_a and not brand_b:
        return 1.0
    if brand_a and brand_b:
        swapped = sorted(brand_a) == sorted(brand_b)
        return 0.85 if swapped and min(left.brand, right.brand) >= 4 else 0.0
    longer, rest, against = (left, rest_a, rest_b) if brand_a else (right, rest_b, rest_a)
    shortened = left.short != right.short and not longer.short
    if len(rest.brand) == longer.brand:
        near = left.regions & right.regions
        return _no_brand(longer, against.trade_text, shortened=shortened, near=near)
    if generic:
        return 0.5
    if left.group and right.group and is_trade(brand_a or brand_b):
        # 样例集团某某公司 and 样例能源集团某某公司: the group's trade is left out.
        return 0.74
    return _short_brand(rest.brand, longer) if shortened else _extra_brand(rest.brand, longer)


def _no_brand(longer: Side, other: str, *, shortened: bool, near: set[str]) -> float:
    """No brand in common: two names of the same trade, or one that left its brand out."""
    if other:
        return 0.0
    if shortened:
        return 0.6
    return 0.72 if len(longer.text) - longer.brand >= 4 and near else 0.0


def _short_brand(extra: Sequence[int], longer: Side) -> float:
    """A short name keeps the beginning of a brand (同大 of 同大海岛) or some of it in order."""
    shared = longer.brand - len(extra)
    if extra[0] == shared:
        return _SHORT_BRAND[min(shared, 3)]
    return max(0.5 if shared < 2 else 0.6, _extra_brand(extra, longer))


def _extra_brand(extra: Sequence[int], longer: Side) -> float:
    """One brand holds the other: (盐湖)蓝科 is a usual omission, 华泰(联合) usually a sister."""
    shared, trade = longer.brand - len(extra), len(longer.text) - longer.brand
    if extra == list(range(len(extra))):
        usual = shared >= 2 and (len(extra) >= 2 or shared >= 3)
        return 0.74 if usual or trade >= 6 else 0.45
    if extra[0] == longer.brand - len(extra):
        return 0.74 if shared >= 3 and len(extra) == 1 else 0.5
    return 0.2


def _trade(left: Side, right: Side, rest_a: Rest, rest_b: Rest) -> float:
    trade_a, trade_b = rest_a.trade_text, rest_b.trade_text
    if not trade_a and not trade_b:
        return 1.0
    size_a, size_b = len(left.text) - left.brand, len(right.text) - right.brand
    if trade_a and trade_b:
        if sorted(trade_a) == sorted(trade_b):
            return 0.9
        shared = size_a + size_b - len(trade_a) - len(trade_b)
        return 0.6 * shared / (size_a + size_b)
    extra, size = (trade_a, size_a) if trade_a else (trade_b, size_b)
    if left.short != right.short and (left.short if trade_b else right.short):
        # A short name leaves its trade out; the longer the brand, the surer it is the same.
        return _SHORT_TRADE[min(left.brand, right.brand, 3)]
    if len(extra) == size and not min(size_a, size_b):
        # 样例化工研究院 is not 样例化工, while a company that was a 水泥厂 lost only its 厂.
        return _OTHER_TRADE if is_institute(extra) else 0.55
    longer, rest = (left, rest_a) if trade_a else (right, rest_b)
    return _OTHER_TRADE if _ends_otherwise(longer, rest) else max(0.53, 0.68 - 0.05 * len(extra))


def _ends_otherwise(longer: Side, rest: Rest) -> bool:
    """Whether the last word of the longer trade is its alone and says what the body does."""
    start = len(longer.text) - len(longer.last)
    return rest.trade[-len(longer.last) :] == list(range(start, len(longer.text))) and not (
        is_generic(longer.last)
    )


def _numerals(ours: tuple[str, ...], theirs: tuple[str, ...]) -> float:
    if ours == theirs or sorted(ours) == sorted(theirs):
        return 1.0
    return 0.0 if ours and theirs else 0.2


def _legal_form(ours: str, theirs: str) -> float:
    if ours == theirs:
        return 1.0
    if ours in SHORT_FORMS or theirs in SHORT_FORMS:
        return 0.97
    return 0.9 if _form_class(ours) == _form_class(theirs) else 0.0


def _form_class(form: str) -> str:
    for mark in ("合伙", "合作", "个人独资", "个体"):
        if mark in form:
            return mark
    return "company"
