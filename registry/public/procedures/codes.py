"""The code on a served paper and the receipt of a filing: symbols as of tips, keys of their own.

Twenty symbols, ninety random bits and two check symbols (``inbox.receipt``). Salt and pepper are
derived from the installation's receipt key under a label of their own, so that a code is never the
receipt of a report, nor the other way round, whatever its symbols.
"""

from __future__ import annotations

import hashlib

from registry.core.errors import InvalidInput
from registry.core.i18n import N_
from registry.public.inbox import receipt
from registry.public.inbox.receipt import InvalidReceipt, ReceiptKeys, ReceiptSecrets

FIELD = "code"
RECEIPT = "receipt"
"""Names of the two form fields, at which errors are reported."""


STATUS_KEPT = "procedure.status"
"""The deadline that says how long a receipt opens a filing that is settled."""


def secrets_of(key: bytes) -> ReceiptSecrets:
    """Salt and pepper of codes and receipts of filings, from the installation's receipt key."""
    own = hashlib.blake2b(key=key, person=b"procedures", digest_size=32).digest()
    return receipt.secrets_of(own)


def new_code() -> str:
    """A fresh code in canonical form: twenty symbols."""
    return receipt.new_receipt()


def parse(text: str, field: str = FIELD) -> str:
    """The canonical form of what was typed. Raises ``InvalidInput`` at ``field``.

    Where one symbol is wrong, the message names its group.
    """
    try:
        return receipt.parse_receipt(text)
    except InvalidReceipt as wrong:
        if wrong.group is None:
            told = N_("These are not 20 symbols that fit together. Compare all 5 groups again.")
        else:
            told = N_("The symbols do not fit together. Look at group {group} again.").format(
                group=wrong.group
            )
        raise InvalidInput({field: [told]}) from None


def derive(code: str, installation: ReceiptSecrets) -> ReceiptKeys:
    """The keys of a canonical code or receipt."""
    return receipt.derive(code, installation)
