"""Errors and texts in the reader's language."""

from __future__ import annotations

import pytest

from registry.core.errors import InvalidInput, Misconfigured, NotFound, RegistryError
from registry.core.i18n import Text, catalogue, describe, translate


class Sample(RegistryError):  # noqa: N818
    message = "There is no list with this name."


class Filled(RegistryError):  # noqa: N818
    message = "{what} is missing {here}"


def test_an_error_is_a_sentence() -> None:
    assert str(Misconfigured(what="no key")) == "The installation is not complete: no key"
    assert str(Filled(what="This")) == "This is missing {here}", "never fails while it is reported"
    assert (NotFound.status, InvalidInput.status) == (404, 422)


def test_fields_are_kept() -> None:
    error = InvalidInput({"code": ["Wrong."]}, limit=3)
    assert error.fields == {"code": ["Wrong."]}
    assert error.params == {"limit": 3}
    assert InvalidInput().fields == {}


def test_languages() -> None:
    assert describe(Sample(), "en") == "There is no list with this name."
    assert describe(Sample(), "zh") == catalogue("zh")[Sample.message] != Sample.message
    told = describe(Filled(what=Text("钥匙", "The key"), here="here"), "en")
    assert told == "The key is missing here"
    assert describe(Filled(what=Text("钥匙", "The key"), here="。"), "zh").startswith("钥匙")


def test_what_has_no_translation_stays_english() -> None:
    assert translate("zh", "No catalogue holds this {n}.", n=1) == "No catalogue holds this 1."
    assert catalogue("en") == {}
    with pytest.raises(KeyError):
        catalogue("xx")
