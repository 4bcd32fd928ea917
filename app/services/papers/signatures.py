"""What the electronic signatures of files that came in say, in words: on the field, and to whoever decides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from app.errors import N_
from app.store import database, records


@dataclass(frozen=True, slots=True)
class Told:
    """One signature: a message id and what fills it; `good`: nothing in it needs a second look."""

    message: str
    params: Mapping[str, Any]
    good: bool


def of_files(ids: Iterable[str]) -> dict[str, list[Told]]:
    """By document id, of those that are signed. Inside a connection."""
    return {row.id: [told(each) for each in row.signatures] for row in records.documents_by_ids(ids) if row.signatures}


def of_file(document: str) -> list[Told]:
    """Of a file that has just come in."""
    with database.connection():
        return of_files([document]).get(document, [])


def told(kept: Mapping[str, Any]) -> Told:
    """A signature as `connectors.signed` found it."""
    facts = {"signer": kept["signer"] or "?", "issuer": kept["issuer"] or "?"}
    if not kept["intact"]:
        return Told(N_("Signed electronically by %(signer)s, and the signature does not hold"), facts, False)
    if not kept["whole"]:
        return Told(N_("Signed electronically by %(signer)s; something was changed after it was signed"), facts, False)
    if not kept["trusted"]:
        return Told(
            N_(
                "Signed electronically by %(signer)s and unchanged since; who issued the certificate (%(issuer)s) "
                "was not verified"
            ),
            facts,
            True,
        )
    return Told(
        N_("Signed electronically by %(signer)s and unchanged since; the certificate was issued by %(issuer)s"),
        facts,
        True,
    )
