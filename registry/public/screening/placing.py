"""Regions of two Chinese names: the same, left out, nested or contradicting."""

from __future__ import annotations

import re

from registry.core.names.anatomy import is_trade
from registry.core.names.regions_in_names import places
from registry.core.names.writings import is_slip
from registry.public.screening.sides import Side


def region_score(left: Side, right: Side) -> float:
    kinds = _kinds(left, right)
    return kinds if kinds < 1 else _places(left, right)


def _places(left: Side, right: Side) -> float:
    ours, theirs = left.regions, right.regions
    if ours == theirs:
        return 1.0
    local_a, local_b = ours - {"中国"}, theirs - {"中国"}
    if not ours or not theirs or local_a == local_b:
        return _missing_region(left, right, local=bool(local_a or local_b))
    if not local_a or not local_b:
        return 0.5
    rest_a, rest_b = local_a - local_b, local_b - local_a
    return _different(left, right, rest_a, rest_b) if rest_a and rest_b else 0.9


def _different(left: Side, right: Side, rest_a: set[str], rest_b: set[str]) -> float:
    """Two places: a township written by sound, a province and its city, or a contradiction."""
    if _misheard(rest_a, rest_b):
        return 0.95
    if not _provinces(rest_a) & _provinces(rest_b):
        return 0.0
    # 山西 and 太原 nest; 太原 and 大同 are two places of one province.
    return _nested(left, right) if any(map(_is_province, rest_a | rest_b)) else 0.0


def _nested(left: Side, right: Side) -> float:
    """A province and a place in it; grave where the region is all that tells the body apart."""
    return 0.3 if any(map(_without_brand, (left, right))) else 0.85


def _kinds(left: Side, right: Side) -> float:
    """Regions of one stem but another kind: 吉林省 and 吉林市, 朝阳市 and 朝阳区."""
    worst = 1.0
    for stem in left.regions & right.regions:
        ours, theirs = (
            {code for name, code in side.exact if name == stem} for side in (left, right)
        )
        if not ours or not theirs or ours & theirs:
            continue
        inner = {code.rstrip("0") for code in ours}, {code.rstrip("0") for code in theirs}
        within = any(a.startswith(b) or b.startswith(a) for a in inner[0] for b in inner[1])
        worst = min(worst, _nested(left, right) if within else 0.0)
    return worst


def _misheard(ours: set[str], theirs: set[str]) -> bool:
    """Whether two townships, which no list holds, differ by one character of the same sound."""
    if len(ours) != 1 or len(theirs) != 1 or (ours | theirs) & places().keys():
        return False
    (one,), (other,) = ours, theirs
    wrong = [pair for pair in zip(one, other, strict=False) if pair[0] != pair[1]]
    return len(one) == len(other) and len(wrong) == 1 and is_slip(*wrong[0])


_COUNTED = re.compile(r"[0-9]+(?:建|冶|局|处|航局|公局)?")


def _without_brand(side: Side) -> bool:
    """Whether a trade word or a number stands where the brand should."""
    brand = side.text[: side.brand]
    return is_trade(brand) or _COUNTED.fullmatch(brand) is not None


def _missing_region(left: Side, right: Side, *, local: bool) -> float:
    """A region left out; grave where it is all that tells the body apart (上海银行)."""
    bare = any(is_trade(side.text[: side.brand]) for side in (left, right))
    size = min(len(left.text), len(right.text))
    if bare and (local or size < 4):
        return 0.3
    return 0.95 if left.short != right.short else 0.87


def _provinces(stems: set[str]) -> set[str]:
    known = places()
    return {code for stem in stems if stem in known for code in known[stem].provinces}


def _is_province(stem: str) -> bool:
    known = places()
    return any(f"{stem}{kind}" in known for kind in ("省", "自治区", "特别行政区")) or stem in {
        "北京", "上海", "天津", "重庆", "内蒙古", "广西", "西藏", "宁夏", "新疆",
    }  # fmt: skip
