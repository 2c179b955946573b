"""Field sets of the award of a reward."""

from __future__ import annotations

import marshmallow as ma

from registry.core.i18n import N_, Text
from schemas.dockets import day, line
from schemas.fields import Code, Form, Money, current_rules, from_rules, meta

CATEGORIES = [
    ("T1", N_("Concealed or false report of an accident")),
    ("T2", N_("Major hidden danger")),
    ("T3", N_("Violation")),
]


def _rules_of_reward() -> list[tuple[str, Text]]:
    """What a reward can rest on: a pack of formulas, or a special award."""
    rules = current_rules()
    return [*rules.titles("reward_packs").items(), *rules.titles("reward_specials").items()]


def digest(label: str, hint: str = "") -> ma.fields.String:
    """A SHA-256 in hexadecimal."""
    rule = ma.validate.Regexp(r"[0-9a-f]{64}\Z", error=N_("This is not a SHA-256 in hexadecimal."))
    return ma.fields.String(required=True, validate=rule, metadata=meta(label, hint))


class Open(Form):
    """What is proposed. The reckoning itself is sealed with the report."""

    category = Code(CATEGORIES, required=True, metadata=meta(N_("Kind of report")))
    pack = Code(_rules_of_reward, required=True, metadata=meta(N_("Rule of reward")))
    amount_yuan = Money(required=True, metadata=meta(N_("Reward in yuan")))
    record_hash = digest(N_("Hash of the reckoning"))
    claim_key = ma.fields.String(
        required=True,
        validate=ma.validate.Regexp(
            r"[0-9a-f]{64}\Z", error=N_("This is not a SHA-256 in hexadecimal.")
        ),
        metadata=meta(N_("Public claim key of the reporter")),
    )
    special = ma.fields.Boolean(
        load_default=False, metadata=meta(N_("Special award, beside the reward by formula"))
    )
    weights = ma.fields.List(
        ma.fields.Integer(validate=ma.validate.Range(1, 1000)),
        load_default=lambda: [1],
        validate=ma.validate.Length(1, 20),
        metadata=meta(N_("Shares of joint reporters")),
    )
    exclusions_checked = ma.fields.Boolean(
        required=True,
        validate=ma.validate.Equal(True, error=N_("This must be confirmed.")),
        metadata=meta(
            N_("No exclusion applies: no official, near relative or proxy reported this"),
            widget="checkbox",
        ),
    )


class Approval(Form):
    """The approver says which reckoning he checked."""

    record_checked = digest(
        N_("Hash of the reckoning that you checked"),
        N_("The page of the reward fills it in from the sealed record."),
    )


class Minutes(Form):
    """A special award is decided by the office's leaders together, and minuted."""

    minutes_on = day(N_("Decided by the leaders together on"))
    minutes_number = line(N_("Number of the minutes"), maximum=80)


class SpecialApproval(Minutes, Approval):
    """The approver says which record he checked, and where the decision is minuted."""


class Consent(Form):
    """The finance department agrees to a large award."""

    consent_number = line(N_("Number of the finance department's letter"), maximum=80)


class Refusal(Form):
    """Why nothing is paid."""

    exclusion = Code(
        from_rules("reward_exclusions"), required=True, metadata=meta(N_("Why no reward is paid"))
    )


class Notice(Form):
    """The reporter was told; his sixty days begin."""

    notified_on = day(N_("Told on"))


class Extension(Form):
    """More time to claim."""

    new_claim_until = day(N_("New last day to claim"))


class Announcement(Form):
    """The reporter could not be reached; a public notice stands for it."""

    announced_on = day(N_("Announced on"))
    announced_where = line(N_("Where it was announced"))


class Payment(Form):
    """Which voucher is paid."""

    voucher = line(N_("Number of the voucher"), maximum=20)


class Recovery(Form):
    """A payment that should not have been made."""

    recovery_yuan = Money(required=True, metadata=meta(N_("To be recovered, in yuan")))


class Recovered(Form):
    """It came back."""

    recovered_on = day(N_("Received on"))


class Pin(Form):
    """What a person brings to the counter."""

    voucher = line(N_("Number of the voucher"), maximum=20)
    pin = ma.fields.String(
        required=True,
        validate=ma.validate.Length(1, 20),
        metadata=meta(N_("PIN of six digits"), widget="password"),
    )


class Period(Form):
    """Which entries of the ledger, and how."""

    since = day(N_("From"))
    until = day(N_("Up to and including"))
    format = Code(
        [("csv", "CSV"), ("xlsx", "XLSX")],
        load_default="csv",
        metadata=meta(N_("Format"), widget="radio"),
    )
