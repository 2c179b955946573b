"""The two sides of a comparison of Chinese names, and what aligning them leaves over."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, cast

from rapidfuzz.distance import Indel

from registry.core.names import NameAnatomy
from registry.core.names.anatomy import PROVINCE_SHORT, ends_as_registered, without_marks
from registry.core.names.regions_in_names import writings_of
from registry.core.names.writings import is_slip

_PLACE_KINDS = frozenset("省市县区镇乡")
_LONG_TRADE = 4
SHORT_FORMS = frozenset({"", "股份", "公司", "企业"})
"""What stands at the end of a short name instead of a form of organisation."""


@dataclass(slots=True)
class Side:
    """A name's core during comparison: ``text`` whose first ``brand`` characters are its brand.

    ``short``: the name bears no form of organisation, so that it is nobody's registered name and
    parts are expected to be missing. ``exact``: stem and code of the regions written with their
    kind; ``last``: the last word of the trade; ``group``: whether the name says 集团.
    """

    text: str
    brand: int
    regions: set[str]
    short: bool
    exact: frozenset[tuple[str, str]]
    last: str
    group: bool

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


class Rest(NamedTuple):
    """What alignment left over of one side: places in its brand and its trade, and their text."""

    brand: Sequence[int] = ()
    trade: Sequence[int] = ()
    brand_text: str = ""
    trade_text: str = ""


def side_of(name: NameAnatomy) -> Side:
    whole = name.legal_form not in SHORT_FORMS or name.branch or ends_as_registered(name)
    last = name.trade[-1] if name.trade else ""
    regions = set(name.region)
    return Side(name.core, len(name.brand), regions, not whole, name.exact, last, says_group(name))


def says_group(name: NameAnatomy) -> bool:
    """Whether the name has 集团 among its group words."""
    return bool(name.group) and "集团" in " ".join(name.group)


def read_short(short: Side, whole: Side) -> None:
    """Reads a short name in the light of the whole one."""
    short.drop_marks()
    for stem in whole.regions - short.regions:
        if stem not in short.text:
            short.take_initial(stem, whole.text)


def share_regions(left: Side, right: Side) -> None:
    """A region that one name bears where regions stand may stand elsewhere in the other."""
    if left.regions == right.regions:
        return
    for stem in sorted(left.regions - right.regions):
        right.take_region(stem)
    for stem in sorted(right.regions - left.regions):
        left.take_region(stem)


def left_over(left: Side, right: Side) -> tuple[Rest, Rest, bool]:
    """What is left of either side, and whether a slip of the pen was overlooked."""
    if left.text == right.text and left.brand == right.brand:
        return Rest(), Rest(), False
    gone, new = unaligned(left.text, right.text)
    if _is_swap(left, right, gone, new):
        return Rest(), Rest(), True
    slips = _slips(left, right, gone, new)
    if slips:
        gone = [i for i in gone if i not in slips]
        new = [j for j in new if j not in slips.values()]
    if not (gone and new):
        # 梅山保税港 and 梅山保税港区: the kind of a place may be left out.
        gone = [i for i in gone if left.text[i] not in _PLACE_KINDS]
        new = [i for i in new if right.text[i] not in _PLACE_KINDS]
    return _rest(gone, left), _rest(new, right), bool(slips)


def _slips(left: Side, right: Side, gone: list[int], new: list[int]) -> dict[int, int]:
    """Characters written for one another, where one name has a word of its trade.

    Only within a longer one: another character in a brand is another brand, 食油 is not 石油, and
    where both names have words of a trade they are two trades.
    """
    if not gone or not new or left.brand == right.brand:
        return {}
    if not (_may_slip(gone, left, new, right) or _may_slip(new, right, gone, left)):
        return {}
    runs_a, runs_b = _runs(gone), _runs(new)
    found = {}
    for before, theirs in runs_b.items():
        ours = runs_a.get(before, [])
        for i, j in zip(ours, theirs, strict=True) if len(ours) == len(theirs) else ():
            if (i < left.brand) == (j < right.brand):
                continue
            known, place = (right, j) if i < left.brand else (left, i)
            within = place >= known.brand and len(known.text) - known.brand >= _LONG_TRADE
            if within and is_slip(left.text[i], right.text[j]):
                found[i] = j
    return found


def _may_slip(brand: list[int], ours: Side, trade: list[int], theirs: Side) -> bool:
    """Whether something is left over of our brand, and of a trade of theirs that is long enough."""
    long = len(theirs.text) - theirs.brand >= _LONG_TRADE
    return long and brand[0] < ours.brand and trade[-1] >= theirs.brand


def _is_swap(left: Side, right: Side, gone: list[int], new: list[int]) -> bool:
    """Whether two neighbours changed places and one name alone reads as a trade there (业实)."""
    if len(left.text) != len(right.text) or len(gone) != 1 or len(new) != 1:
        return False
    first, second = sorted((gone[0], new[0]))
    pair = left.text[first : second + 1]
    if second - first != 1 or pair[::-1] != right.text[first : second + 1]:
        return False
    known, other = (left, right) if left.brand < right.brand else (right, left)
    return known.brand <= first and second < other.brand


def _runs(places: list[int]) -> dict[int, list[int]]:
    """Places by how many aligned characters stand before: the same for one place."""
    found: dict[int, list[int]] = {}
    for before, place in enumerate(places):
        found.setdefault(place - before, []).append(place)
    return found


def unaligned(ours: str, theirs: str) -> tuple[list[int], list[int]]:
    """Places in either text that an alignment leaves over; the same whichever comes first."""
    if ours > theirs:
        turned = unaligned(theirs, ours)
        return turned[1], turned[0]
    gone: list[int] = []
    new: list[int] = []
    # Plain tuples, whatever the library's types say, and twice as fast as its objects.
    edits = cast("list[tuple[str, int, int]]", Indel.editops(ours, theirs).as_list())
    for edit, place, other in edits:
        if edit == "delete":
            gone.append(place)
        else:
            new.append(other)
    return gone, new


def _rest(places: list[int], side: Side) -> Rest:
    if not places:
        return Rest()
    cut = bisect_left(places, side.brand)
    text = "".join([side.text[place] for place in places])
    return Rest(places[:cut], places[cut:], text[:cut], text[cut:])
