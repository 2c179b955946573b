"""Answers of the API, for its documentation.

The bodies are built as plain mappings; tests hold every answer against these. What a record says
is not repeated here: ``schemas.api.records`` takes it from the shapes that publishing checks.
"""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from registry.core.i18n import N_

HEX = "^[0-9a-f]{64}$"


def whole(description: str, *, least: int = 0, **more: Any) -> ma.fields.Integer:
    return ma.fields.Integer(
        required=True, metadata={"description": description, "minimum": least}, **more
    )


def text(description: str, *, required: bool = True, **more: Any) -> ma.fields.String:
    return ma.fields.String(required=required, metadata={"description": description, **more})


def digest(description: str) -> ma.fields.String:
    return text(description, pattern=HEX)


def instant(description: str) -> ma.fields.String:
    return text(description, format="date-time")


class Problem(ma.Schema):
    """RFC 9457. ``type`` is stable; ``title`` and ``detail`` are in the reader's language."""

    type = text(N_("Stable name of the problem: `urn:registry:problem:…`."))
    title = text(N_("What kind of problem, in words."))
    status = whole(N_("The HTTP status again."))
    detail = text(N_("What is wrong this time, in words."))
    errors = ma.fields.Dict(
        keys=ma.fields.String(),
        values=ma.fields.List(ma.fields.String()),
        metadata={"description": N_("Fields that are wrong, each with what is wrong.")},
    )


class Change(ma.Schema):
    """A row of the log. Forgotten or ended rows carry neither payload nor salt."""

    sequence = whole(N_("Place in the log, from 1, without gaps."), least=1)
    op = text(N_("PUT publishes or corrects, DEL removes."), enum=["PUT", "DEL"])
    kind = text(N_("Kind of record."))
    id = text(N_("Id of the record."))
    effective = instant(N_("When the decision takes effect."))
    recorded = instant(N_("When the row entered the log."))
    commitment = digest(N_("SHA-256 over the salt and the canonical event, in hexadecimal."))
    leaf_hash = digest(N_("SHA-256 over a zero byte and the commitment (RFC 9162)."))
    payload = ma.fields.Dict(metadata={"description": N_("What the row says, as published.")})
    salt = text(N_("32 random bytes, base64url without padding."), required=False)
    publish_until = text(
        N_("From this instant on the content may not be shown, here or in any copy."),
        required=False,
        format="date-time",
    )


class ChangesAnswer(ma.Schema):
    """Rows of the log in order."""

    sequence = whole(N_("Length of the log."))
    results = ma.fields.List(ma.fields.Nested(Change), required=True)
    next = ma.fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": N_("`since` of the next request; null at the end.")},
    )


class _Proof(ma.Schema):
    proof = ma.fields.List(
        ma.fields.String(metadata={"pattern": HEX}),
        required=True,
        metadata={"description": N_("Hashes in the order of RFC 9162, in hexadecimal.")},
    )


class InclusionProof(_Proof):
    """RFC 9162 §2.1.3: the row stands in the tree."""

    sequence = whole(N_("The row of the log that is proved."), least=1)
    leaf_index = whole(N_("The row counted from 0, as RFC 9162 does."))
    tree_size = whole(N_("How many rows the tree has."), least=1)
    leaf_hash = digest(N_("SHA-256 over a zero byte and the commitment (RFC 9162)."))
    root_hash = digest(N_("Root of the tree, in hexadecimal."))


class ConsistencyProof(_Proof):
    """RFC 9162 §2.1.4: the later tree extends the earlier one."""

    from_ = ma.fields.Integer(
        data_key="from",
        required=True,
        metadata={"description": N_("Size of the earlier tree."), "minimum": 1},
    )
    to = whole(N_("Size of the later tree."), least=1)
    from_root = digest(N_("Root of the earlier tree."))
    to_root = digest(N_("Root of the later tree."))


class DatasetFile(ma.Schema):
    """A file of a dataset."""

    format = text(N_("csv, jsonl or xlsx."), enum=["csv", "jsonl", "xlsx"])
    url = text(N_("Where to download it."))
    media_type = text(N_("Its media type."))
    bytes = ma.fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": N_("Its size; null where it has to be made first.")},
    )
    sha256 = ma.fields.String(
        required=True,
        allow_none=True,
        metadata={
            "pattern": HEX,
            "description": N_(
                "SHA-256 of its bytes in this state of the registry; null where it has to be made"
                " first. Every download states it in `Repr-Digest`."
            ),
        },
    )


class Dataset(ma.Schema):
    """A dataset with its files."""

    name = text(N_("Name in the address."))
    title = text(N_("Title, in the reader's language."))
    records = whole(N_("How many records it holds."))
    files = ma.fields.List(ma.fields.Nested(DatasetFile), required=True)


class DatasetsAnswer(ma.Schema):
    """All datasets."""

    sequence = whole(N_("The state of the registry: length of its log."))
    datasets = ma.fields.List(ma.fields.Nested(Dataset), required=True)


class Feature(ma.Schema):
    """One reason for a score."""

    feature = text(N_("Name of the feature."))
    query = text(N_("What the query says there."))
    candidate = text(N_("What the record says there."))
    score = ma.fields.Float(
        required=True, metadata={"description": N_("How alike the two are, from 0 to 1.")}
    )
    weight = ma.fields.Float(
        required=True,
        metadata={"description": N_("How much of the score this feature can take away.")},
    )


class Match(ma.Schema):
    """A record that answers, or may answer, to a query."""

    kind = text(N_("Kind of record."))
    id = text(N_("Id of the record."))
    name = text(N_("The name that matched."))
    score = ma.fields.Float(
        required=True, metadata={"description": N_("How alike the names are, from 0 to 1.")}
    )
    via = text(N_("By what it was found: name, former, short, english, alias or code."))
    sequence = whole(N_("Row of the log from which the record's content comes."))
    url = text(N_("Its page."))
    explanation = ma.fields.List(ma.fields.Nested(Feature), required=True)
    decided = ma.fields.Boolean(
        metadata={
            "description": N_(
                "With a key: whether the agency decided that this is another, and nothing has"
                " changed since."
            )
        }
    )


class MatchResult(ma.Schema):
    """The answer to one query, or what is wrong with it."""

    id = text(N_("That of the query; its number from 0 where it had none."))
    outcome = text(
        N_(
            "`listed`: a credit code met a listing. `possible`: by name, or in a list of another"
            " body; a person decides. `clear`: not found in these lists at this sequence, which"
            " is all that it says."
        ),
        required=False,
        enum=["listed", "possible", "clear"],
    )
    matches = ma.fields.List(ma.fields.Nested(Match))
    persons_searched = ma.fields.Boolean(
        metadata={
            "description": N_(
                "False where a document number was given to a mirror, which cannot search by it:"
                " ask the registry itself."
            )
        }
    )
    settled = ma.fields.Boolean(
        metadata={"description": N_("With a key: whether every match is decided to be another.")}
    )
    check = ma.fields.Integer(
        metadata={"description": N_("With a key: number of the check in the agency's history.")}
    )
    error = ma.fields.Nested(Problem)


class MatchAnswer(ma.Schema):
    """Answers to all queries, in their order, and the state that they hold for."""

    results = ma.fields.List(ma.fields.Nested(MatchResult), required=True)
    kinds = ma.fields.List(
        ma.fields.String(), required=True, metadata={"description": N_("Kinds searched.")}
    )
    threshold = ma.fields.Float(
        required=True, metadata={"description": N_("Score from which a name counted.")}
    )
    sequence = whole(N_("The state of the registry: length of its log."))
    tree_size = whole(N_("How many rows the tree has."))
    root_hash = digest(N_("Root of the tree, in hexadecimal."))
    as_of = instant(N_("When it was asked."))
    matcher = text(N_("Name and version of the comparison."))
