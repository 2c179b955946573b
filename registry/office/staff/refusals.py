"""Why an administrator may not do something: one sentence each."""

from __future__ import annotations

from registry.core.errors import Conflict, Forbidden
from registry.core.i18n import N_


class NotYourself(Forbidden):
    """Officers do not arrange their own powers."""

    code = "not-yourself"
    message = N_("You cannot do this to your own account, or to one you stand in for.")


class SecondAdministrator(Forbidden):
    """Four eyes: whoever proposed a role does not confirm it."""

    code = "second-administrator"
    message = N_("Another administrator than the one who proposed it must confirm a role.")


class RolesApart(Forbidden):
    """Oversight and casework are kept in different hands."""

    code = "roles-apart"
    message = N_("Auditors and administrators hold no other role.")


class RoleHeld(Conflict):
    """The role is held or proposed already."""

    code = "role-held"
    message = N_("The account has this role already, or it is proposed.")


class LastAdministrator(Conflict):
    """Someone must remain who can add administrators."""

    code = "last-administrator"
    message = N_("This is the last administrator. Name another first.")


class Settled(Conflict):
    """A proposal or deputyship has been decided or ended already."""

    code = "settled"
    message = N_("This has been decided or has ended already.")


class ParentDecides(Forbidden):
    """A small office is one because its parent says so."""

    code = "parent-decides"
    message = N_("Only the authority above may decide this.")


class SecondHalf(Forbidden):
    """Four eyes: whoever asked for a reset does not give the second half of the password."""

    code = "second-half"
    message = N_("Another administrator than the one who asked must confirm the reset.")


class TooEarly(Conflict):
    """Nobody else could confirm it, so the account's officer gets time to object."""

    code = "too-early"
    message = N_("No second administrator can confirm this, so it waits until {when}.")


class ResetPending(Conflict):
    """One request at a time."""

    code = "reset-pending"
    message = N_("A reset of this account is asked for already. Confirm or refuse it first.")
