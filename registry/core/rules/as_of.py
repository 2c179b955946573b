"""The rules as they stand on one day: every table, and what they answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from types import MappingProxyType
from typing import TypeVar, cast

from registry.core.errors import NotFound
from registry.core.i18n import N_, Text
from registry.core.rules.duration import Duration
from registry.core.rules.rewards import (
    RewardApproval,
    RewardPack,
    RewardSpecial,
    RewardUplift,
    approval_for,
    narrowest,
    special_for,
    uplift_for,
)
from registry.core.rules.values import (
    AccidentLevel,
    Code,
    Competence,
    Deadline,
    Instrument,
    ListKind,
    Masking,
    Measure,
    PenaltyCategory,
    ProviderField,
    ProviderScope,
    PublicationTerm,
    ReportType,
    Rule,
    Seriousness,
    ServiceMethod,
    SignatureRole,
)

R = TypeVar("R", bound=Rule)
_ORDER: dict[str, int] = {"minor": 0, "general": 1, "serious": 2}


class UnknownRule(NotFound):
    """There is no such rule on that day; ``table`` and ``rule`` name it."""

    code = "unknown-rule"
    message = N_("There is no rule {rule} in {table} on that day.")


@dataclass(frozen=True, eq=False, repr=False)
class Rules:
    """Every table as it stands on one day. Mappings hold what is in force then.

    The methods that take a code also answer for what was repealed earlier, so that old records
    can still be shown; ask the value's ``in_force(day)`` before anything new rests on it.
    """

    current: Mapping[str, Mapping[str, Rule]]
    known: Mapping[str, Mapping[str, Rule]]

    def table(self, name: str) -> Mapping[str, Rule]:
        """Any table by name, in force on the day."""
        return self.current.get(name, {})

    @cached_property
    def list_kinds(self) -> Mapping[str, ListKind]:
        """Lists to which entries may be made on the day."""
        return cast("Mapping[str, ListKind]", self.table("list_kinds"))

    def list_kind(self, code: str) -> ListKind:
        """Raises ``UnknownRule``."""
        return self._find("list_kinds", code, ListKind)

    @cached_property
    def measures(self) -> Mapping[str, Measure]:
        return cast("Mapping[str, Measure]", self.table("measures"))

    def measure(self, code: str) -> Measure:
        """Raises ``UnknownRule``."""
        return self._find("measures", code, Measure)

    @cached_property
    def deadlines(self) -> Mapping[str, Deadline]:
        return cast("Mapping[str, Deadline]", self.table("deadlines"))

    def deadline(self, code: str) -> Deadline:
        """Raises ``UnknownRule``."""
        return self._find("deadlines", code, Deadline)

    @cached_property
    def masking(self) -> Mapping[str, Masking]:
        return cast("Mapping[str, Masking]", self.table("masking"))

    @cached_property
    def service_methods(self) -> Mapping[str, ServiceMethod]:
        return cast("Mapping[str, ServiceMethod]", self.table("service_methods"))

    @cached_property
    def instruments(self) -> Mapping[str, Instrument]:
        return cast("Mapping[str, Instrument]", self.table("instruments"))

    @cached_property
    def publication_terms(self) -> Mapping[str, PublicationTerm]:
        return cast("Mapping[str, PublicationTerm]", self.table("publication_terms"))

    def publication_term(self, seriousness: str) -> Duration:
        """How long a penalty may be shown at most, from the date of its document."""
        return self._find("publication_terms", seriousness, PublicationTerm).maximum

    def titles(self, table: str) -> Mapping[str, Text]:
        """Code to title for any table, as a form's choices need them."""
        return MappingProxyType({code: rule.title for code, rule in self.table(table).items()})

    def title(self, table: str, code: str) -> Text:
        """The title of a code, also of one repealed earlier. Raises ``UnknownRule``."""
        return self._find(table, code, Rule).title

    def provider_field(self, code: str) -> ProviderField:
        """Raises ``UnknownRule``."""
        return self._find("provider_fields", code, ProviderField)

    def provider_scope(self, code: str) -> ProviderScope:
        """Raises ``UnknownRule``."""
        return self._find("provider_scopes", code, ProviderScope)

    def report_type(self, code: str) -> ReportType:
        """Raises ``UnknownRule``."""
        return self._find("report_types", code, ReportType)

    def signature_role(self, code: str) -> SignatureRole:
        """Raises ``UnknownRule``."""
        return self._find("signature_roles", code, SignatureRole)

    def finding_group(self, code: str) -> str:
        """``inaccurate``, ``false`` or ``conduct``. Raises ``UnknownRule``."""
        return self._find("finding_codes", code, Code).parent

    @cached_property
    def roles(self) -> Mapping[str, Text]:
        return self.titles("roles")

    @cached_property
    def violation_types(self) -> Mapping[str, Text]:
        return self.titles("violation_types")

    @cached_property
    def penalty_categories(self) -> Mapping[str, Text]:
        return self.titles("penalty_categories")

    @cached_property
    def licence_kinds(self) -> Mapping[str, Text]:
        return self.titles("licence_kinds")

    @cached_property
    def accident_levels(self) -> Mapping[str, Text]:
        return self.titles("accident_levels")

    @cached_property
    def removal_reasons(self) -> Mapping[str, Text]:
        return self.titles("removal_reasons")

    @cached_property
    def site_types(self) -> Mapping[str, Text]:
        return self.titles("site_types")

    @cached_property
    def departments(self) -> Mapping[str, Text]:
        return self.titles("departments")

    @cached_property
    def authority_kinds(self) -> Mapping[str, Text]:
        return self.titles("authority_kinds")

    @cached_property
    def levels(self) -> Mapping[str, Text]:
        return self.titles("levels")

    def accident_level(self, deaths: int, serious_injuries: int, loss_yuan: int) -> AccidentLevel:
        """The highest level any of the three numbers reaches (State Council Order 493 art. 3)."""
        levels = cast("Mapping[str, AccidentLevel]", self.table("accident_levels")).values()
        reached = [
            level
            for level in levels
            if deaths >= level.deaths_from
            or serious_injuries >= level.serious_injuries_from
            or loss_yuan >= level.loss_yuan_from
        ]
        if not reached:
            raise UnknownRule(table="accident_levels", rule="")
        return max(reached, key=lambda level: level.deaths_from)

    def seriousness(
        self, categories: Iterable[str], *, fine_yuan: int = 0, simplified: bool = False
    ) -> Seriousness:
        """The tier of a violation for publication, from the penalties imposed.

        The gravest category decides; a sum from a category's limit on is serious; a decision
        under the simplified procedure is minor. Raises ``UnknownRule`` for an unknown category.
        """
        if simplified:
            return "minor"
        found: list[Seriousness] = ["minor"]
        for code in categories:
            category = self._find("penalty_categories", code, PenaltyCategory)
            limit = category.serious_from_yuan
            over = limit is not None and fine_yuan >= limit
            found.append("serious" if over else category.seriousness)
        return max(found, key=_ORDER.__getitem__)

    def mask(self, kind: str, number: str) -> str:
        """``number`` with its middle hidden, by the rule of that kind of document."""
        rule = self._find("masking", kind, Masking)
        hidden = len(number) - rule.shown_start - rule.shown_end
        if hidden < 1:
            return "*" * len(number)
        end = number[len(number) - rule.shown_end :]
        return number[: rule.shown_start] + "*" * hidden + end

    def competence(self, act: str, sector: str, regions: Iterable[str]) -> Competence:
        """Who may do ``act`` in ``sector``. ``regions``: the place's code and its ancestors'.

        A province's own rule comes before the national one. Raises ``UnknownRule``.
        """
        found = [
            rule
            for rule in cast("Mapping[str, Competence]", self.table("competence")).values()
            if rule.act == act and (not rule.sectors or sector in rule.sectors)
        ]
        for region in [*sorted(set(regions) - {"000000"}, key=_precision), "000000"]:
            for rule in found:
                if rule.region == region:
                    return rule
        raise UnknownRule(table="competence", rule=f"{act}/{sector}")

    def reward_pack(self, kind: str, sector: str, regions: Iterable[str]) -> RewardPack:
        """By which pack a report of ``kind`` is rewarded. ``regions``: the place's and above.

        Raises ``UnknownRule``.
        """
        packs = cast("Mapping[str, RewardPack]", self.table("reward_packs")).values()
        found = narrowest(packs, kind, sector, regions)
        if found is None:
            raise UnknownRule(table="reward_packs", rule=f"{kind}/{sector}")
        return found

    def reward_uplift(self, who: str, regions: Iterable[str]) -> RewardUplift | None:
        """By how much the place raises rewards of such an informant (``employee``, …)."""
        uplifts = cast("Mapping[str, RewardUplift]", self.table("reward_uplifts")).values()
        return uplift_for(uplifts, who, regions)

    def reward_special(self, informant: str, regions: Iterable[str]) -> RewardSpecial | None:
        """The special award that such a reporter can be given in the place; None: none is set."""
        specials = cast("Mapping[str, RewardSpecial]", self.table("reward_specials")).values()
        return special_for(specials, informant, regions)

    def reward_approval(self, amount: Decimal, regions: Iterable[str]) -> RewardApproval | None:
        """Whose consent an award of ``amount`` yuan needs in the place; None: nobody's."""
        approvals = cast("Mapping[str, RewardApproval]", self.table("reward_approvals")).values()
        return approval_for(approvals, amount, regions)

    def _find(self, table: str, code: str, kind: type[R]) -> R:
        rule = self.known.get(table, {}).get(code)
        if not isinstance(rule, kind):
            raise UnknownRule(table=table, rule=code)
        return rule


def _precision(region: str) -> int:
    return -len(region.rstrip("0"))
