"""The branches of two names: the same, one only, or two parts of one body."""

from __future__ import annotations

import re

from registry.core.names import NameAnatomy
from registry.core.names.anatomy import is_trade, is_works, works_of
from registry.core.names.regions_in_names import place_at, places
from registry.core.names.writings import is_slip
from registry.public.screening.sides import unaligned

_NOISE = re.compile(
    r"(?:证券)?营业部$|维吾尔|壮族|回族|自治区|自治州|自治县|地区|新区|分公司$|分行|支行|分支行|营业部$|分店$|[省市县区镇乡]"
)
_DIGITS = re.compile(r"[0-9]+")


def branch_score(a: NameAnatomy, b: NameAnatomy) -> float:
    """How well two branches agree, of which at least one is named."""
    if not a.branch or not b.branch:
        # A mine or plant is licensed, and listed, by itself.
        return 0.6 if is_works(a.branch or b.branch) else 0.65
    if a.branch == b.branch:
        return 1.0
    if _DIGITS.findall(a.branch) != _DIGITS.findall(b.branch) or _other_kind(a.branch, b.branch):
        return 0.0
    ours, theirs = _NOISE.sub("", a.branch), _NOISE.sub("", b.branch)
    places_a, places_b = unaligned(ours, theirs)
    gone, new = [ours[i] for i in places_a], [theirs[i] for i in places_b]
    if gone and new:
        swapped = sorted(gone) == sorted(new)
        return 0.9 if swapped or _misread_works(a.branch, b.branch) else 0.0
    if not gone and not new:
        return 0.95
    longer, extra = (ours, places_a) if gone else (theirs, places_b)
    return _one_more(longer, extra, works=is_works(a.branch) and is_works(b.branch))


def _one_more(longer: str, extra: list[int], *, works: bool) -> float:
    """A branch of which one name says more: ``extra`` are its places in the ``longer`` one."""
    said = "".join(longer[at] for at in extra)
    if said in places():
        # 徐州贾汪 and 贾汪: where it lies is left out; 徐州 and 徐州贾汪 may be two.
        return 0.8 if extra[0] == 0 else 0.66
    # 朱仙庄煤矿 is not 朱庄煤矿, but 石门沟矿 is 石门沟煤矿.
    return 0.3 if works and len(said) == 1 and said not in works_of(longer) else 0.66


def _other_kind(ours: str, theirs: str) -> bool:
    """Whether both lead with a region of one stem but another kind: 吉林省分行, 吉林市分行."""
    one, other = place_at(ours, 0, frozenset()), place_at(theirs, 0, frozenset())
    if not one or not other or one[1].stem != other[1].stem:
        return False
    return bool(one[1].exact and other[1].exact) and one[1].exact.isdisjoint(other[1].exact)


def _misread_works(ours: str, theirs: str) -> bool:
    """Whether only the word for the mine or plant differs, by one slip: 媒矿 for 煤矿.

    Never where both are such words: 锡矿 and 锑矿 are two mines, however alike they look.
    """
    wrong = [at for at, pair in enumerate(zip(ours, theirs, strict=False)) if pair[0] != pair[1]]
    if len(ours) != len(theirs) or len(wrong) != 1:
        return False
    (at,) = wrong
    size = max(len(works_of(ours)), len(works_of(theirs)))
    ends = ours[len(ours) - size :], theirs[len(theirs) - size :]
    if at < len(ours) - size:
        return False
    return sum(map(_is_word, ends)) == 1 and is_slip(ours[at], theirs[at])


def _is_word(word: str) -> bool:
    return is_trade(word) or works_of(word) == word
