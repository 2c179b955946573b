"""Features of two Chinese names.

The cores (brand and trade) are aligned character by character; what the alignment leaves over on
either side is judged by what it is. Left over on one side only, a word is missing, which happens
to every name; left over on both sides, it is another word, and another brand is another body.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rapidfuzz.distance import Indel

from registry.core.names import NameAnatomy
from registry.core.names.anatomy import (
    PROVINCE_SHORT,
    ends_as_registered,
    is_slip,
    is_trade,
    is_works,
    kin,
    without_marks,
)
from registry.core.names.regions_in_names import places, writings_of
from registry.public.screening.weighing import FeatureResult, result

_PLACE_KINDS = frozenset("省市县区镇乡")
_SLIPPED = 0.9
_KIN = 0.75
_PART = 0.4
_SHORT_BRAND = (0.0, 0.5, 0.74, 0.9)
"""Of the beginning of a brand as a short name, by its length."""
_SHORT_TRADE = (0.4, 0.4, 0.66, 0.75)
"""Of a short name without its trade words, by the length of its brand."""
_BRANCH_NOISE = re.compile(
    r"(?:证券)?营业部$|维吾尔|壮族|回族|自治区|自治州|自治县|地区|新区|分公司$|分行|支行|分支行|营业部$|分店$|[省市县区镇乡]"
)


_DIGITS = re.compile(r"[0-9]+")
_SHORT_FORMS = frozenset({"", "股份", "公司", "企业"})
"""What stands at the end of a short name instead of a form of organisation."""


@dataclass(slots=True)
class _Side:
    """A name's core during comparison: ``text`` whose first ``brand`` characters are its brand.

    ``short``: the name bears no form of organisation, so that it is nobody's registered name and
    parts are expected to be missing.
    """

    text: str
    brand: int
    regions: set[str]
    short: bool

    def take_region(self, stem: str) -> bool:
        """Moves ``stem`` from the brand to the regions, unless nothing would be left."""
        if stem[:2] not in self.text:
            return False
        for writing in writings_of(stem) or (stem,):
            at = self.text.find(writing, 0, self.brand)
            if at >= 0 and len(self.text) > len(writing):
                self.text = self.text[:at] + self.text[at + len(writing) :]
                self.brand -= len(writing)
                self.regions.add(stem)
                return True
        return False

    def take_initial(self, stem: str, whole: str) -> None:
        """Reads a leading 深 as ``stem`` (深圳), unless it is of the ``whole`` name's own brand."""
        initials = (PROVINCE_SHORT.get(stem, stem[0]), stem[0])
        if self.brand > 1 and self.text[0] in initials and self.text[0] not in whole:
            self.text = self.text[1:]
            self.brand -= 1
            self.regions.add(stem)

    def drop_marks(self) -> None:
        """Leaves out what stock exchanges put before and behind a short name."""
        bare = without_marks(self.text)
        if bare != self.text:
            before = self.text.find(bare)
            self.brand = min(max(self.brand - before, 1), len(bare))
            self.text = bare


@dataclass(slots=True)
class _Rest:
    """What alignment left over of one side, as index lists, split into brand and trade."""

    brand: list[int]
    trade: list[int]

    def words(self, side: _Side) -> tuple[str, str]:
        return "".join(side.text[i] for i in self.brand), "".join(side.text[i] for i in self.trade)


def features(a: NameAnatomy, b: NameAnatomy) -> Iterator[FeatureResult]:
    """The results of all features that either name has, the gravest first."""
    left, right = _side(a), _side(b)
    if left.short != right.short:
        _read_short(*((left, right) if left.short else (right, left)))
    _share_regions(left, right)
    rest_a, rest_b, slipped = _left_over(left, right)
    brand = _brand(left, right, rest_a, rest_b, generic=_bare(a) and _bare(b))
    yield result("brand", a.brand, b.brand, brand)
    trade = _trade(left, right, rest_a, rest_b) * (_SLIPPED if slipped else 1)
    if trade < _KIN and not rest_a.brand and not rest_b.brand and _are_kin(a, b):
        trade = _KIN
    elif trade < 1 and _is_part(a, b):
        trade = min(trade, _PART)
    yield result("trade", "".join(a.trade), "".join(b.trade), trade)
    if left.regions or right.regions:
        score = _region(left, right)
        yield result("region", " ".join(a.region), " ".join(b.region), score)
    if a.numerals or b.numerals:
        score = _numerals(a.numerals, b.numerals)
        yield result("numerals", " ".join(a.numerals), " ".join(b.numerals), score)
    if a.branch or b.branch:
        yield result("branch", a.branch, b.branch, _branch(a, b))
    if a.legal_form or b.legal_form:
        score = _legal_form(a.legal_form, b.legal_form)
        yield result("legal_form", a.legal_form, b.legal_form, score)
    if a.group or b.group:
        score = 1.0 if a.group == b.group else 0.7
        yield result("group", " ".join(a.group), " ".join(b.group), score)


def _are_kin(a: NameAnatomy, b: NameAnatomy) -> bool:
    """Whether the trades are two words for one thing (煤矿 and 煤业, 制药 and 药业)."""
    return [kin(word) for word in a.trade] == [kin(word) for word in b.trade]


_PARTS = re.compile(r"附属|工会|子弟|职工(?!总?医院)")


def _is_part(a: NameAnatomy, b: NameAnatomy) -> bool:
    """Whether one is a body of the other's: its subsidiary behind 集团, its school, its union."""
    if bool(_PARTS.search(a.folded)) != bool(_PARTS.search(b.folded)):
        return True
    if "集团" not in a.group or "集团" not in b.group:
        return False
    return _behind_group(a) != _behind_group(b)


def _behind_group(name: NameAnatomy) -> bool:
    """Whether a trade stands behind 集团: 样例集团财务有限公司 is another body than the group."""
    rest = name.folded.removesuffix(name.legal_form).rpartition("集团")[2]
    return is_trade(rest) and rest != "国际"


def may_meet(a: NameAnatomy, b: NameAnatomy) -> bool:
    """Whether the brand of either has all its characters in the other; else another body.

    Only a quicker way to a part of what ``features`` finds.
    """
    return set(a.brand).issubset(_letters(b)) or set(b.brand).issubset(_letters(a))


def _letters(name: NameAnatomy) -> str:
    initials = [PROVINCE_SHORT[stem] for stem in name.region if stem in PROVINCE_SHORT]
    return "".join((*name.region, name.brand, *name.trade, name.branch, *initials))


def _bare(name: NameAnatomy) -> bool:
    """Whether the name has no brand of its own, so that a trade word stands in its place."""
    return is_trade(name.brand)


def _side(name: NameAnatomy) -> _Side:
    whole = name.legal_form not in _SHORT_FORMS or name.branch or ends_as_registered(name)
    return _Side(name.core, len(name.brand), set(name.region), not whole)


def _read_short(short: _Side, whole: _Side) -> None:
    """Reads a short name in the light of the whole one."""
    short.drop_marks()
    for stem in whole.regions - short.regions:
        if stem not in short.text:
            short.take_initial(stem, whole.text)


def _share_regions(left: _Side, right: _Side) -> None:
    """A region that one name bears where regions stand may stand elsewhere in the other."""
    for stem in sorted(left.regions - right.regions):
        right.take_region(stem)
    for stem in sorted(right.regions - left.regions):
        left.take_region(stem)


def _left_over(left: _Side, right: _Side) -> tuple[_Rest, _Rest, bool]:
    """What is left of either side, and whether a slip of the pen was overlooked."""
    if left.text == right.text and left.brand == right.brand:
        return _Rest([], []), _Rest([], []), False
    gone, new = _unaligned(left.text, right.text)
    slips = _slips(left, right, gone, new)
    gone = [i for i in gone if i not in slips]
    new = [j for j in new if j not in slips.values()]
    if not (gone and new):
        # 梅山保税港 and 梅山保税港区: the kind of a place may be left out.
        gone = [i for i in gone if left.text[i] not in _PLACE_KINDS]
        new = [i for i in new if right.text[i] not in _PLACE_KINDS]
    return _rest(gone, left), _rest(new, right), bool(slips)


def _slips(left: _Side, right: _Side, gone: list[int], new: list[int]) -> dict[int, int]:
    """Characters written for one another, where one name has a word of its trade.

    Only within a longer one: another character in a brand is another brand, 食油 is not 石油, and
    where both names have words of a trade they are two trades.
    """
    if not gone or not new or left.brand == right.brand:
        return {}
    # As many characters are shared before the one as before the other: they stand in one place.
    at = {i - before: i for before, i in enumerate(gone)}
    found = {}
    for before, j in enumerate(new):
        i = at.get(j - before)
        if i is None or (i < left.brand) == (j < right.brand):
            continue
        known, place = (right, j) if i < left.brand else (left, i)
        within = place > known.brand and len(known.text) - known.brand >= 4
        if within and is_slip(left.text[i], right.text[j]):
            found[i] = j
    return found


def _unaligned(ours: str, theirs: str) -> tuple[list[int], list[int]]:
    """Places in either text that an alignment leaves over; the same whichever comes first."""
    if ours > theirs:
        new, gone = _unaligned(theirs, ours)
        return gone, new
    edits = Indel.editops(ours, theirs)
    return (
        [edit.src_pos for edit in edits if edit.tag == "delete"],
        [edit.dest_pos for edit in edits if edit.tag == "insert"],
    )


def _rest(indexes: list[int], side: _Side) -> _Rest:
    return _Rest([i for i in indexes if i < side.brand], [i for i in indexes if i >= side.brand])


def _brand(left: _Side, right: _Side, rest_a: _Rest, rest_b: _Rest, *, generic: bool) -> float:
    brand_a, trade_a = rest_a.words(left)
    brand_b, trade_b = rest_b.words(right)
    if not brand_a and not brand_b:
        return 1.0
    if brand_a and brand_b:
        swapped = sorted(brand_a) == sorted(brand_b)
        return 0.85 if swapped and min(left.brand, right.brand) >= 4 else 0.0
    longer, rest, other = (left, rest_a, trade_b) if brand_a else (right, rest_b, trade_a)
    shortened = left.short != right.short and not longer.short
    if len(rest.brand) == longer.brand:
        return _no_brand(longer, other, shortened=shortened, near=left.regions & right.regions)
    if generic:
        return 0.5
    return _short_brand(rest.brand, longer) if shortened else _extra_brand(rest.brand, longer)


def _no_brand(longer: _Side, other: str, *, shortened: bool, near: set[str]) -> float:
    """No brand in common: two names of the same trade, or one that left its brand out."""
    if other:
        return 0.0
    if shortened:
        return 0.6
    return 0.72 if len(longer.text) - longer.brand >= 4 and near else 0.0


def _short_brand(extra: list[int], longer: _Side) -> float:
    """A short name keeps the beginning of a brand (同大 of 同大海岛) or some of it in order."""
    shared = longer.brand - len(extra)
    if extra[0] == shared:
        return _SHORT_BRAND[min(shared, 3)]
    return max(0.5 if shared < 2 else 0.6, _extra_brand(extra, longer))


def _extra_brand(extra: list[int], longer: _Side) -> float:
    """One brand holds the other: (盐湖)蓝科 is a usual omission, 华泰(联合) usually a sister."""
    shared, trade = longer.brand - len(extra), len(longer.text) - longer.brand
    if extra == list(range(len(extra))):
        usual = shared >= 2 and (len(extra) >= 2 or shared >= 3)
        return 0.74 if usual or trade >= 6 else 0.45
    if extra[0] == longer.brand - len(extra):
        return 0.74 if shared >= 3 and len(extra) == 1 else 0.5
    return 0.2


def _trade(left: _Side, right: _Side, rest_a: _Rest, rest_b: _Rest) -> float:
    _, trade_a = rest_a.words(left)
    _, trade_b = rest_b.words(right)
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
        return 0.55
    return max(0.53, 0.68 - 0.05 * len(extra))


def _region(left: _Side, right: _Side) -> float:
    ours, theirs = left.regions, right.regions
    if ours == theirs:
        return 1.0
    local_a, local_b = ours - {"中国"}, theirs - {"中国"}
    if not ours or not theirs or local_a == local_b:
        return _missing_region(left, right, local=bool(local_a or local_b))
    if not local_a or not local_b:
        return 0.5
    rest_a, rest_b = local_a - local_b, local_b - local_a
    if not rest_a or not rest_b:
        return 0.9
    if not _provinces(rest_a) & _provinces(rest_b):
        return 0.0
    # 山西 and 太原 nest; 太原 and 大同 are two places of one province.
    return 0.85 if any(map(_is_province, rest_a | rest_b)) else 0.0


def _missing_region(left: _Side, right: _Side, *, local: bool) -> float:
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


def _numerals(ours: tuple[str, ...], theirs: tuple[str, ...]) -> float:
    if ours == theirs or sorted(ours) == sorted(theirs):
        return 1.0
    return 0.0 if ours and theirs else 0.2


def _branch(a: NameAnatomy, b: NameAnatomy) -> float:
    if not a.branch or not b.branch:
        # A mine or plant is licensed, and listed, by itself.
        return 0.6 if is_works(a.branch or b.branch) else 0.65
    if a.branch == b.branch:
        return 1.0
    if _DIGITS.findall(a.branch) != _DIGITS.findall(b.branch):
        return 0.0
    ours, theirs = _BRANCH_NOISE.sub("", a.branch), _BRANCH_NOISE.sub("", b.branch)
    places_a, places_b = _unaligned(ours, theirs)
    gone, new = [ours[i] for i in places_a], [theirs[i] for i in places_b]
    if gone and new:
        return 0.9 if sorted(gone) == sorted(new) else 0.0
    return 0.66 if gone or new else 0.95


def _legal_form(ours: str, theirs: str) -> float:
    if ours == theirs:
        return 1.0
    if ours in _SHORT_FORMS or theirs in _SHORT_FORMS:
        return 0.97
    return 0.9 if _form_class(ours) == _form_class(theirs) else 0.0


def _form_class(form: str) -> str:
    for mark in ("合伙", "合作", "个人独资", "个体"):
        if mark in form:
            return mark
    return "company"
