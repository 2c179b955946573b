"""How alike two names are, and why. Former names are the caller's: compare each, take the best."""

from __future__ import annotations

from collections.abc import Iterable

from registry.core.names import NameAnatomy, anatomy
from registry.core.names.anatomy import is_works, take_apart
from registry.public.screening import chinese, foreign
from registry.public.screening.weighing import Comparison, FeatureResult, combine, result


def compare(a: str, b: str) -> Comparison:
    """How alike the names ``a`` (the query) and ``b`` (the candidate) are. Symmetric in score."""
    return compare_anatomies(anatomy(a), anatomy(b))


def compare_anatomies(a: NameAnatomy, b: NameAnatomy) -> Comparison:
    """``compare`` for names taken apart already."""
    found = tuple(_features(a, b))
    return combine(found) if found else Comparison(0.0, ())


def reaches(a: NameAnatomy, b: NameAnatomy, threshold: float) -> float:
    """The score of two names if it is ``threshold`` or more, else 0: found as early as possible.

    Every feature only lowers the score, so that most pairs are done after the first.
    """
    score = 1.0
    none = True
    for each in _features(a, b):
        none = False
        score *= each.factor
        if score < threshold - _ROUNDING:
            return 0.0
    score = round(score, 4)
    return 0.0 if none or score < threshold else score


_ROUNDING = 0.0001
_ALONE = 0.8
"""Of a mine's own name without its company's: other companies have mines of the same name."""
_UNMARKED = 0.95
"""Of company and mine written as one name."""


def _features(a: NameAnatomy, b: NameAnatomy) -> Iterable[FeatureResult]:
    if not _has_substance(a) or not _has_substance(b):
        return ()
    if a.foreign and b.foreign:
        return foreign.features(a, b)
    if a.foreign or b.foreign:
        return foreign.across_scripts(a, b)
    if bool(a.branch) != bool(b.branch):
        return _works(a, b) if a.branch else _works(b, a, turned=True)
    if a.branch != b.branch and is_works(a.branch) and is_works(b.branch):
        return _two_works(a, b)
    return chinese.features(a, b)


def _two_works(a: NameAnatomy, b: NameAnatomy) -> list[FeatureResult]:
    """Two mines behind companies, one of which may have lost the form that ends its name.

    样例集团甲矿业有限公司乙煤矿 and 样例集团甲矿业乙煤矿 part at different places.
    """
    readings = [list(chinese.features(a, b))]
    if (a.core + a.branch).endswith(b.branch) and (b.core + b.branch).endswith(a.branch):
        joined = [_joined(name) for name in (a, b)]
        unmarked = result("branch", a.branch, b.branch, _UNMARKED)
        readings.append([*chinese.features(*joined), unmarked])
    return max(readings, key=lambda reading: combine(reading).score)


def _joined(name: NameAnatomy) -> NameAnatomy:
    """Company and mine as one name."""
    apart = take_apart("".join((*name.region, name.core, name.branch)))
    return apart._replace(exact=name.exact, provinces=name.provinces)


def _works(part: NameAnatomy, other: NameAnatomy, *, turned: bool = False) -> list[FeatureResult]:
    """A mine or plant behind its company's name, against a name without a branch.

    The other may be its name alone (石门沟煤矿), or company and mine in one without a form.
    """

    def features(one: NameAnatomy) -> list[FeatureResult]:
        return list(chinese.features(other, one) if turned else chinese.features(one, other))

    if not is_works(part.branch):
        return features(part)
    alone = take_apart(part.branch)
    joined = _joined(part)
    said = ("", part.branch) if turned else (part.branch, "")
    readings = (
        features(part),
        [*features(alone), result("branch", *said, _ALONE)],
        [*features(joined), result("branch", *said, _UNMARKED)],
    )
    return max(readings, key=lambda reading: combine(reading).score)


def _has_substance(name: NameAnatomy) -> bool:
    """Whether the name says more than a form of organisation."""
    return bool(name.brand or name.words)
