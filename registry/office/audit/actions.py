"""What can be audited: a closed set of tags ``source:subject:action``, past tense.

Each room lists its own in its own tuple; ``audit.service.record`` refuses a tag that is not
here, so that a filter of the audit desk never misses a spelling.
"""

from __future__ import annotations

from registry.core.errors import RegistryError

AUDIT = (
    "audit:chain:verified",
    "audit:entries:read",
)

STAFF = (
    "staff:account:added",
    "staff:account:amended",
    "staff:account:disabled",
    "staff:account:enabled",
    "staff:account:reset",
    "staff:authority:added",
    "staff:authority:amended",
    "staff:authority:published",
    "staff:deputy:ended",
    "staff:deputy:named",
    "staff:duty:began",
    "staff:duty:ended",
    "staff:key:made",
    "staff:key:retired",
    "staff:leader:ended",
    "staff:leader:named",
    "staff:password:changed",
    "staff:recovery-code:used",
    "staff:recovery-codes:made",
    "staff:recovery-key:made",
    "staff:reset:refused",
    "staff:reset:requested",
    "staff:role:confirmed",
    "staff:role:granted",
    "staff:role:proposed",
    "staff:role:refused",
    "staff:role:revoked",
    "staff:second-factor:enrolled",
    "staff:second-factor:failed",
    "staff:session:ended",
    "staff:session:killed",
    "staff:sign-in:failed",
    "staff:sign-in:locked",
    "staff:sign-in:succeeded",
    "staff:step-up:failed",
    "staff:step-up:succeeded",
)

PUBLISHER: tuple[str, ...] = (
    "publisher:takedown:confirmed",
    "publisher:takedown:declined",
    "publisher:takedown:requested",
)

DOCKETS: tuple[str, ...] = (
    "dockets:basis:fell",
    "dockets:batch:adopted",
    "dockets:docket:acted",
    "dockets:docket:opened",
    "dockets:docket:reassigned",
    "dockets:docket:released",
    "dockets:docket:redacted",
    "dockets:document:read",
    "dockets:evidence:attached",
    "dockets:evidence:read",
)

ENTITIES: tuple[str, ...] = (
    "entities:document:changed",
    "entities:document:revealed",
    "entities:document:searched",
    "entities:entity:added",
    "entities:entity:amended",
    "entities:entity:renamed",
    "entities:entity:published",
    "entities:merge:dismissed",
    "entities:merge:done",
    "entities:merge:proposed",
    "entities:name:added",
    "entities:person:read",
    "entities:site:added",
    "entities:site:amended",
    "entities:site:published",
    "entities:site:withdrawn",
    "entities:site-licence:added",
    "entities:site-licence:amended",
    "entities:site-operator:added",
    "entities:site-operator:ended",
)

EXTERNAL: tuple[str, ...] = (
    "external:snapshot:applied",
    "external:snapshot:refused",
)

PROVIDERS: tuple[str, ...] = (
    "providers:certificate:revoked",
    "providers:staff:added",
    "providers:staff:ended",
)

ENFORCEMENT: tuple[str, ...] = (
    "enforcement:certificate:checked",
    "enforcement:certificates:imported",
    "enforcement:signatory:added",
    "enforcement:signatory:ended",
)
REPORTS: tuple[str, ...] = (
    "reports:backtrack:read",
    "reports:file:added",
    "reports:file:read",
    "reports:sample:drawn",
    "reports:sample:examined",
)


PROCEDURES: tuple[str, ...] = (
    "procedures:code:issued",
    "procedures:code:revoked",
    "procedures:code:written",
    "procedures:file:read",
    "procedures:filing:answered",
    "procedures:filing:read",
    "procedures:filing:received",
    "procedures:filing:recorded",
    "procedures:filing:withdrawn",
    "procedures:status:erased",
)

LISTINGS: tuple[str, ...] = ()

TIPS: tuple[str, ...] = (
    "tips:above:informed",
    "tips:above:opened",
    "tips:ask:granted",
    "tips:ask:made",
    "tips:ask:refused",
    "tips:file:cleaned",
    "tips:identity:revealed",
    "tips:keys:resealed",
    "tips:original:opened",
    "tips:tip:brought-above",
    "tips:tip:declared",
    "tips:tip:entered",
    "tips:tip:opened",
    "tips:tip:purged",
    "tips:tip:recused",
)

REWARDS: tuple[str, ...] = (
    "rewards:award:claimed",
    "rewards:ledger:exported",
    "rewards:pin:refused",
    "rewards:pin:verified",
    "rewards:reminder:due",
    "rewards:voucher:paid",
)

IMPORTS: tuple[str, ...] = (
    "imports:batch:applied",
    "imports:batch:submitted",
    "imports:batch:undone",
    "imports:file:checked",
    "imports:file:erased",
    "imports:file:stored",
    "imports:report:read",
)

AGENCIES: tuple[str, ...] = (
    "agencies:agency:admitted",
    "agencies:agency:bound",
    "agencies:key:issued",
    "agencies:key:revoked",
    "agencies:key:rotated",
    "checks:counterparty:checked",
)

PUNISHMENTS: tuple[str, ...] = (
    "punishments:answer:noted",
    "punishments:answer:received",
    "punishments:answers:exported",
    "punishments:department:added",
    "punishments:department:ended",
)

ACCOUNTABILITY: tuple[str, ...] = (
    "accountability:chain:read",
    "accountability:expert:added",
    "accountability:expert:amended",
    "accountability:expert:read",
    # Of entries from before the two lists of leaders became one (decision 53).
    "accountability:leader:added",
    "accountability:leader:ended",
    "accountability:leader:read",
    "accountability:officer:read",
    "accountability:record:added",
    "accountability:record:withdrawn",
    "accountability:unit:read",
    "accountability:visit:added",
)

STATISTICS: tuple[str, ...] = (
    "statistics:assessment:exported",
    "statistics:rows:read",
    "statistics:snapshot:made",
)

ADMIN: tuple[str, ...] = ()
"""The admin site itself and the command line."""

ACTIONS: frozenset[str] = frozenset(
    (
        *AUDIT,
        *STAFF,
        *PUBLISHER,
        *DOCKETS,
        *ENTITIES,
        *EXTERNAL,
        *PROVIDERS,
        *REPORTS,
        *ENFORCEMENT,
        *PROCEDURES,
        *LISTINGS,
        *TIPS,
        *REWARDS,
        *IMPORTS,
        *AGENCIES,
        *PUNISHMENTS,
        *ACCOUNTABILITY,
        *STATISTICS,
        *ADMIN,
    )
)


class UnknownAction(RegistryError):  # noqa: N818
    """The code audits under a tag that no room has listed."""

    code = "unknown-audit-action"
    status = 500
    message = "The audit knows no action {action}."


def known(action: str) -> str:
    """``action``, if some room lists it. Raises ``UnknownAction`` otherwise."""
    if action not in ACTIONS:
        raise UnknownAction(action=action)
    return action
