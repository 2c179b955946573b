"""The keys under which natural persons' document numbers are kept and found."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from registry.core.keys import Vault, load_vault
from registry.public.gazette.handles import person_handle


@dataclass(frozen=True)
class PersonKeys:
    """``vault`` seals numbers in the working store and holds the public check's key."""

    vault: Vault

    def fingerprint(self, kind: str, number: str) -> str:
        """The value by which two equal documents are recognised inside the office."""
        return self.vault.fingerprint(f"person-document\0{kind}\0{number}".encode())

    def seal(self, kind: str, number: str) -> bytes:
        """The number sealed; bound to its fingerprint, so a seal moved elsewhere does not open."""
        return self.vault.seal(number.encode(), self.fingerprint(kind, number).encode())

    def open(self, sealed: bytes, fingerprint: str) -> str:
        """The full number again. Raises ``SealBroken``."""
        return self.vault.open(sealed, fingerprint.encode()).decode()

    def handle(self, name: str, number: str) -> str:
        """The value by which the public check finds a listed person by name and number."""
        return person_handle(self.vault.handle_key, name, number).value


def load(key_dir: Path) -> PersonKeys:
    """The office's keys. Raises ``Misconfigured`` when one is missing or readable by others."""
    return PersonKeys(load_vault(key_dir))
