"""The other side: a site's public API, asked over HTTP."""

from __future__ import annotations

import base64
import binascii
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from nacl.signing import VerifyKey

from registry.core import outgoing
from registry.core.errors import RegistryError
from registry.core.i18n import N_

API = "/api/v1"
PAGE = 1000
"""Rows of one answer."""
LARGEST = 64 * 1024 * 1024
PATIENCE = 5
"""Answers "too many requests" in a row that are waited for."""
LONGEST_WAIT = 120


class NotARegistry(RegistryError):  # noqa: N818 - reads as a sentence
    """What answers there is not the API of a registry, or is not well."""

    code = "not-a-registry"
    status = 502
    message = N_("What answers at this address is not a registry that works: {what}")


@dataclass(frozen=True)
class Source:
    """A site by its address, with or without ``/api/v1``."""

    address: str

    @property
    def base(self) -> str:
        return self.address.rstrip("/").removesuffix(API) + API

    def key(self) -> VerifyKey:
        """The log's public key as the site states it: good for a first meeting only."""
        told = self._json("keys", {})
        try:
            return VerifyKey(base64.b64decode(told["log_key"], validate=True))
        except (KeyError, TypeError, ValueError, binascii.Error):
            raise NotARegistry(what="keys") from None

    def checkpoint(self) -> str:
        """The newest signed note."""
        return self._ask("checkpoint", {}).decode("utf-8", "replace")

    def changes(self, since: int, limit: int = PAGE) -> list[Any]:
        """Rows after ``since``, as they come."""
        found = self._json("changes", {"since": since, "limit": min(limit, PAGE)}).get("results")
        if not isinstance(found, list):
            raise NotARegistry(what="changes")
        return found

    def consistency(self, first: int, second: int) -> list[bytes]:
        """The proof that the log of ``second`` rows extends the one of ``first``."""
        told = self._json("proof/consistency", {"from": first, "to": second})
        try:
            return [bytes.fromhex(one) for one in told["proof"]]
        except (KeyError, TypeError, ValueError):
            raise NotARegistry(what="proof/consistency") from None

    def _json(self, path: str, query: Mapping[str, object]) -> Mapping[str, Any]:
        try:
            found = json.loads(self._ask(path, query))
        except (ValueError, RecursionError):
            raise NotARegistry(what=path) from None
        if not isinstance(found, dict):
            raise NotARegistry(what=path)
        return found

    def _ask(self, path: str, query: Mapping[str, object]) -> bytes:
        url = f"{self.base}/{path}" + (f"?{urlencode(query)}" if query else "")
        for _ in range(PATIENCE):
            # A copy is often kept beside the registry, so inner addresses are meant here.
            answer = outgoing.send("GET", url, private=True, most=LARGEST)
            if answer.status == 200:
                return answer.body
            if answer.status != 429:
                break
            time.sleep(_wait(answer.headers.get("retry-after", "")))
        raise NotARegistry(what=f"{path} ({answer.status})")


def _wait(text: str) -> int:
    return min(int(text), LONGEST_WAIT) if text.isascii() and text.isdigit() else 1
