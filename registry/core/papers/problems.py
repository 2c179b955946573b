"""What can be wrong with a file that was sent; each has its own answer."""

from __future__ import annotations

from registry.core.errors import RegistryError
from registry.core.i18n import N_


class UnusableFile(RegistryError):  # noqa: N818 - the family reads as sentences
    """The file cannot be taken. Nothing of it was kept."""

    code = "unusable-file"
    status = 422
    message = N_("This file cannot be taken.")


class NotPdf(UnusableFile):
    """It does not begin as a PDF does."""

    code = "not-pdf"
    message = N_("This file is not a PDF, whatever its name says.")


class EncryptedPdf(UnusableFile):
    """It needs a password, or forbids what publishing needs."""

    code = "encrypted-pdf"
    message = N_("This PDF is encrypted. Save it without a password and send it again.")


class BrokenPdf(UnusableFile):
    """Its structure cannot be read."""

    code = "broken-pdf"
    message = N_("This PDF is damaged: its pages cannot be read. Save it anew and send it again.")


class BombPdf(UnusableFile):
    """Small on disk, boundless when unpacked, or without end."""

    code = "bomb-pdf"
    message = N_("This PDF unpacks to far more than it should. It was not taken.")


class ScriptedPdf(UnusableFile):
    """It holds scripts, files or actions."""

    code = "scripted-pdf"
    message = N_(
        "This PDF holds scripts, attached files or actions. Print it to a plain PDF and send that."
    )


class NotAnImage(UnusableFile):
    """It is not a JPEG or PNG, or too large to be one."""

    code = "not-an-image"
    message = N_("This is not a usable JPEG or PNG picture.")


class NotAVideo(UnusableFile):
    """It is neither an MP4 nor a WebM, or broken off."""

    code = "not-a-video"
    message = N_("This is not a whole MP4 or WebM video.")


BY_CODE: dict[str, type[UnusableFile]] = {
    kind.code: kind
    for kind in (NotPdf, EncryptedPdf, BrokenPdf, BombPdf, ScriptedPdf, NotAnImage, UnusableFile)
}
