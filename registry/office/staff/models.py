"""Authorities, accounts, roles, deputies, sessions, second factors."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from registry.core.db import UtcDateTime, WorkingBase


class Authority(WorkingBase, table=True):
    """A body that keeps records here: one deployment serves many.

    ``path`` is materialised: ``/1/7/`` for authority 7 under 1. ``kind`` and ``level`` are codes
    of ``core.codes.authorities``. In a ``small_office`` (two people) the parent's
    officers approve.
    """

    __tablename__ = "authority"

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(unique=True)
    name: str
    name_en: str | None = Field(default=None)
    code: str = Field(unique=True)
    """Unified social credit code (GB 32100)."""
    kind: str
    level: str
    region: str = Field(index=True)
    """GB/T 2260, six digits."""
    parent_id: int | None = Field(default=None, foreign_key="authority.id", index=True)
    path: str = Field(default="", index=True)
    small_office: bool = Field(default=False)
    created: datetime = Field(sa_type=UtcDateTime)
    changed: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When its particulars were last set, as long as that is not published."""
    changed_by: int | None = Field(default=None)
    """Account that set them; None for the installation itself."""
    published: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When its record in the gazette was last brought up to date; None before the first time."""

    @property
    def waits(self) -> bool:
        """Whether what the public reads of it is not what is kept here."""
        return self.published is None or self.changed is not None


class Account(WorkingBase, table=True):
    """An officer's account. Never deleted: what he did must stay attributable."""

    __tablename__ = "account"

    id: int | None = Field(default=None, primary_key=True)
    login: str = Field(unique=True)
    name: str
    authority_id: int = Field(foreign_key="authority.id", index=True)
    password_hash: str
    """Argon2id, PHC string."""
    must_change: bool = Field(default=True)
    """The password was made by someone else; only changing it is allowed."""
    one_time_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """Until when the password alone opens the account, for the first sign-in; empty once a
    device is enrolled."""
    failures: int = Field(default=0)
    """Wrong passwords and codes since the last full sign-in."""
    locked_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    entity_id: int | None = Field(default=None)
    """Of a filer: the organization for which he files."""
    demo: bool = Field(default=False)
    """Has fixed secrets; refused outside demo mode."""
    created: datetime = Field(sa_type=UtcDateTime)
    created_by: int | None = Field(default=None, foreign_key="account.id")
    disabled: datetime | None = Field(default=None, sa_type=UtcDateTime)


class RoleGrant(WorkingBase, table=True):
    """A role of an account within its authority's subtree; in force once confirmed."""

    __tablename__ = "role_grant"
    __table_args__ = (Index("ix_role_grant_account_id_role", "account_id", "role"),)

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="account.id")
    role: str
    granted: datetime = Field(sa_type=UtcDateTime)
    granted_by: int | None = Field(default=None, foreign_key="account.id")
    confirmed: datetime | None = Field(default=None, sa_type=UtcDateTime)
    confirmed_by: int | None = Field(default=None, foreign_key="account.id")
    revoked: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revoked_by: int | None = Field(default=None, foreign_key="account.id")


class AccountReset(WorkingBase, table=True):
    """A new password (and device) for an account: asked for by one administrator, given by two.

    The one-time password has two halves. The first is shown to whoever asks and stored nowhere;
    the second lies sealed until a second administrator confirms, and is shown to him.
    """

    __tablename__ = "account_reset"
    __table_args__ = (Index("ix_account_reset_account_id", "account_id"),)

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="account.id")
    device: bool
    """The second factor is lost, too."""
    password_hash: str
    """Of the whole one-time password."""
    second_half: bytes | None = Field(default=None)
    """Sealed; empty once the reset is settled."""
    requested: datetime = Field(sa_type=UtcDateTime)
    requested_by: int | None = Field(default=None, foreign_key="account.id")
    """None for the command line."""
    alone_from: datetime = Field(sa_type=UtcDateTime)
    """From when whoever asked may confirm it himself, where no second administrator could."""
    until: datetime = Field(sa_type=UtcDateTime)
    """When the request lapses."""
    settled: datetime | None = Field(default=None, sa_type=UtcDateTime)
    settled_by: int | None = Field(default=None, foreign_key="account.id")
    done: bool = Field(default=False)
    """Whether it was carried out; refused or withdrawn otherwise."""
    at_once: bool = Field(default=False)
    """Whether nobody had used the account yet, so that no second administrator was needed."""


class Deputy(WorkingBase, table=True):
    """``deputy_id`` stands in for ``absent_id`` from ``since`` to ``until``, both included."""

    __tablename__ = "deputy"
    __table_args__ = (
        Index("ix_deputy_deputy_id_until", "deputy_id", "until"),
        Index("ix_deputy_absent_id_until", "absent_id", "until"),
        CheckConstraint("since <= until", name="term"),
        CheckConstraint("absent_id <> deputy_id", name="two_people"),
    )

    id: int | None = Field(default=None, primary_key=True)
    absent_id: int = Field(foreign_key="account.id")
    deputy_id: int = Field(foreign_key="account.id")
    since: date
    until: date
    created: datetime = Field(sa_type=UtcDateTime)
    created_by: int | None = Field(default=None, foreign_key="account.id")
    ended: datetime | None = Field(default=None, sa_type=UtcDateTime)


class StaffSession(WorkingBase, table=True):
    """A browser signed in, or on its way there. The token itself is only in the cookie.

    ``stage``: ``code`` (password given, second factor awaited), ``password`` (must choose a
    password), ``enrol`` (must enrol a second factor), ``full``.
    """

    __tablename__ = "staff_session"
    __table_args__ = (Index("ix_staff_session_account_id_ended", "account_id", "ended"),)

    id: int | None = Field(default=None, primary_key=True)
    token_hash: str = Field(unique=True)
    account_id: int = Field(foreign_key="account.id")
    stage: str
    created: datetime = Field(sa_type=UtcDateTime)
    seen: datetime = Field(sa_type=UtcDateTime)
    expires: datetime = Field(sa_type=UtcDateTime)
    stepped_up: datetime | None = Field(default=None, sa_type=UtcDateTime)
    step_up_failures: int = Field(default=0)
    wrapped_key: bytes | None = Field(default=None)
    """The officer's private key under the secret in his cookie; see ``keyring``."""
    ended: datetime | None = Field(default=None, sa_type=UtcDateTime)


class OneTimeSecret(WorkingBase, table=True):
    """The TOTP secret of an account (RFC 6238), sealed under the staff key.

    ``last_step`` is the last time step whose code was accepted: a code counts only for a greater
    one, so that none is used twice. ``pending`` is a secret shown to the officer who has not yet
    proved that his device has it; until then the old one counts.
    """

    __tablename__ = "one_time_secret"

    account_id: int = Field(primary_key=True, foreign_key="account.id")
    sealed: bytes | None = Field(default=None)
    pending: bytes | None = Field(default=None)
    last_step: int = Field(default=0)
    enrolled: datetime | None = Field(default=None, sa_type=UtcDateTime)


class RecoveryCode(WorkingBase, table=True):
    """One of an account's codes for the day the device is lost; each works once."""

    __tablename__ = "recovery_code"

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="account.id", index=True)
    code_hash: str = Field(unique=True)
    used: datetime | None = Field(default=None, sa_type=UtcDateTime)


class OfficerKey(WorkingBase, table=True):
    """An officer's key pair (X25519), to which tips are sealed while he is on duty.

    The private half stands here only under his password (see ``keyring``). One is current per
    account; a retired one opens what was sealed to it for whoever still knows the password.
    """

    __tablename__ = "officer_key"
    __table_args__ = (Index("ix_officer_key_account_id_retired", "account_id", "retired"),)

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="account.id")
    key_id: str = Field(unique=True)
    public: bytes
    protected: bytes
    """The private half under Argon2id of the password."""
    made: datetime = Field(sa_type=UtcDateTime)
    retired: datetime | None = Field(default=None, sa_type=UtcDateTime)


class RecoveryKey(WorkingBase, table=True):
    """The public half of the key that two people keep offline for the day all others are lost."""

    __tablename__ = "recovery_key"

    id: int | None = Field(default=None, primary_key=True)
    key_id: str = Field(unique=True)
    public: bytes
    made: datetime = Field(sa_type=UtcDateTime)
    retired: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Leader(WorkingBase, table=True):
    """Somebody who holds a post of rules/leader_posts from ``since`` to ``until`` (inclusive).

    He need not have an account. Rows are never deleted: whether a duty was met must stay
    answerable.
    """

    __tablename__ = "leader"
    __table_args__ = (Index("ix_leader_authority", "authority_id", "until"),)

    id: int | None = Field(default=None, primary_key=True)
    authority_id: int = Field(foreign_key="authority.id")
    """The authority that keeps him, and that he leads where his post is one of the office."""
    name: str
    post: str
    """A code of rules/leader_posts."""
    title: str = ""
    """The post as it is spoken of: 局长, 副局长."""
    body: str
    """The body that he leads, by its official name."""
    since: date
    until: date | None = None
    added_by: int | None = None
    added_at: datetime = Field(sa_type=UtcDateTime)
    ended_by: int | None = None


class DutyOfficer(WorkingBase, table=True):
    """That an officer takes tips in for an authority, from ``since`` until ``ended``."""

    __tablename__ = "duty_officer"
    __table_args__ = (Index("ix_duty_officer_authority_id_ended", "authority_id", "ended"),)

    id: int | None = Field(default=None, primary_key=True)
    authority_id: int = Field(foreign_key="authority.id")
    account_id: int = Field(foreign_key="account.id", index=True)
    since: datetime = Field(sa_type=UtcDateTime)
    added_by: int | None = Field(default=None, foreign_key="account.id")
    ended: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended_by: int | None = Field(default=None, foreign_key="account.id")
