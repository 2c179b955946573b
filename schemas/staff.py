"""Forms of sign-in, the staff desk, the audit desk and the officer's own account."""

from __future__ import annotations

import marshmallow as ma

from registry.core.codes.authorities import KINDS, LEVELS
from registry.core.i18n import N_
from registry.office.staff.officer import ROLE_TITLES
from schemas.fields import (
    Choices,
    Code,
    Codes,
    CreditCode,
    Form,
    LegalDate,
    Region,
    TextLine,
    meta,
    offer,
)

_LOGIN = ma.validate.Regexp(
    r"[A-Za-z0-9][A-Za-z0-9._\-]{1,31}\Z",
    error=N_("A login has 2 to 32 letters, digits, dots, hyphens or underscores."),
)
_CODE_HINT = N_("The six digits that your device shows now, or one of your recovery codes.")


class Password(ma.fields.String):
    """A password as typed: not stripped; a longer one than can exist is refused before hashing."""

    def __init__(self, label: str, hint: str = "", *, autocomplete: str = "current-password"):
        super().__init__(
            required=True,
            validate=ma.validate.Length(max=512),
            metadata=meta(label, hint, "password", autocomplete=autocomplete),
        )


def _code() -> TextLine:
    label = N_("One-time code")
    metadata = meta(label, _CODE_HINT, autocomplete="one-time-code")
    return TextLine(required=True, maximum=40, metadata=metadata)


class SignIn(Form):
    """The first page of signing in."""

    login = TextLine(required=True, maximum=64, metadata=meta(N_("Login"), autocomplete="username"))
    password = Password(N_("Password"))


class OneTimeCode(Form):
    """The second page of signing in."""

    code = _code()


class DeviceCode(Form):
    """Proof that a new device has the secret."""

    code = TextLine(
        required=True,
        maximum=40,
        metadata=meta(
            N_("One-time code"),
            N_("The six digits that the device shows now."),
            autocomplete="one-time-code",
            inputmode="numeric",
        ),
    )


class NewPassword(Form):
    """A password of one's own, twice."""

    password = Password(
        N_("New password"),
        N_("At least 12 characters. A sentence is easier to remember than signs and digits."),
        autocomplete="new-password",
    )
    again = Password(N_("New password, once more"), autocomplete="new-password")

    @ma.validates_schema
    def _same(self, data: dict[str, str], **_kwargs: object) -> None:
        if data.get("password") != data.get("again"):
            raise ma.ValidationError({"again": [N_("The two passwords differ.")]})


class StepUp(Form):
    """Password and code again, before a sensitive act."""

    password = Password(N_("Password"))
    code = _code()


class NewAccount(Form):
    """An officer to be added."""

    login = TextLine(
        required=True,
        maximum=32,
        validate=_LOGIN,
        metadata=meta(N_("Login"), N_("Letters and digits, such as zhang.san.")),
    )
    name = TextLine(required=True, maximum=60, metadata=meta(N_("Officer's name")))
    authority = Code([], required=True, metadata=meta(N_("Authority")))
    roles = Codes(
        list(ROLE_TITLES.items()),
        metadata=meta(
            N_("Roles"),
            N_("They count once another administrator has confirmed them."),
            "checkbox",
        ),
    )

    organization = CreditCode(
        load_default="",
        metadata=meta(
            N_("Credit code of the organization"),
            N_("Only of a filer: whose reports and findings the account sees."),
        ),
    )

    def __init__(self, authorities: Choices) -> None:
        super().__init__()
        offer(self, "authority", authorities)


class Rename(Form):
    """A corrected name."""

    name = TextLine(required=True, maximum=60, metadata=meta(N_("Officer's name")))


class Reset(Form):
    """What is reset."""

    device = ma.fields.Boolean(
        load_default=False,
        metadata=meta(
            N_("The device is lost: enrol a new one at the next sign-in"), widget="checkbox"
        ),
    )


class Role(Form):
    """One role."""

    role = Code(
        list(ROLE_TITLES.items()),
        required=True,
        metadata=meta(N_("Officer's role"), widget="select"),
    )


class DeputyForm(Form):
    """Who stands in, and when."""

    deputy = Code([], required=True, metadata=meta(N_("Deputy")))
    since = LegalDate(required=True, metadata=meta(N_("First day"), widget="date"))
    until = LegalDate(required=True, metadata=meta(N_("Last day"), widget="date"))

    def __init__(self, colleagues: Choices) -> None:
        super().__init__()
        offer(self, "deputy", colleagues)


class AmendAuthority(Form):
    """What may be corrected in an authority."""

    name = TextLine(required=True, maximum=100, metadata=meta(N_("Name of the authority")))
    name_en = TextLine(
        load_default=None, maximum=200, metadata=meta(N_("Name of the authority in English"))
    )
    region = Region(
        required=True,
        metadata=meta(N_("Region"), N_("Six digits of GB/T 2260, such as 140105."), "region"),
    )


class NewAuthority(AmendAuthority):
    """An authority to be added."""

    code = CreditCode(required=True, metadata=meta(N_("Unified social credit code")))
    kind = Code(
        list(KINDS.items()), required=True, metadata=meta(N_("Line of authority"), widget="select")
    )
    level = Code(list(LEVELS.items()), required=True, metadata=meta(N_("Level"), widget="select"))
    parent = Code([], required=True, metadata=meta(N_("Authority above")))

    def __init__(self, authorities: Choices) -> None:
        super().__init__()
        offer(self, "parent", authorities)


class SmallOffice(Form):
    """Whether the authority above approves for this one."""

    small = ma.fields.Boolean(
        load_default=False,
        metadata=meta(
            N_("Small office: the authority above approves its cases"), widget="checkbox"
        ),
    )


class AuditSearch(Form):
    """Which rows of the audit are wanted."""

    action = Code([], load_default="", metadata=meta(N_("Kind of act")))
    actor = TextLine(load_default="", maximum=64, metadata=meta(N_("Officer's login")))
    subject = TextLine(
        load_default="",
        maximum=80,
        metadata=meta(N_("What it concerned"), N_("Such as account:7.")),
    )
    since = LegalDate(load_default=None, metadata=meta(N_("From"), widget="date"))
    until = LegalDate(load_default=None, metadata=meta(N_("To"), widget="date"))
    before = ma.fields.Integer(
        load_default=None, strict=False, metadata=meta(N_("Before"), widget="hidden")
    )

    def __init__(self, actions: Choices) -> None:
        super().__init__()
        offer(self, "action", actions)


class StaffSearch(Form):
    """Which officers are wanted."""

    text = TextLine(load_default="", maximum=60, metadata=meta(N_("Login or name")))
