"""What a service task of a diagram may ask for. One literal dict: the check of a package, the panel of the
designer and the worker read the same lines (docs/package-format.md, "Service task operators")."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Where(Enum):
    """Who does the operator's work, and when."""

    OUTSIDE = "outside"  # the world outside notices: done by a worker, once, after the step is stored
    RECORD = "record"  # only our own records change: done by a service inside the step's transaction


@dataclass(frozen=True, slots=True)
class Connector:
    """One operator: `title` is a message id; `parameters` are all required, their values are expressions."""

    id: str
    title: str
    parameters: frozenset[str]
    where: Where


def _connector(id_: str, title: str, where: Where, *parameters: str) -> Connector:
    return Connector(id_, title, frozenset(parameters), where)


CONNECTORS: dict[str, Connector] = {
    "mail": _connector("mail", "Send a mail", Where.OUTSIDE, "mail"),
    "pdf": _connector("pdf", "Make a document", Where.OUTSIDE, "document"),
    "card": _connector("card", "Work on a card", Where.OUTSIDE, "run"),
    "notice": _connector("notice", "Post a notice", Where.RECORD, "kind", "text"),
    "wait_for": _connector("wait_for", "Wait for another step", Where.RECORD, "element"),
    "cards_out": _connector("cards_out", "Count the cards that are out", Where.RECORD),
    "milestone": _connector("milestone", "Set the public state of the case", Where.RECORD, "state"),
    "certificate_issue": _connector("certificate_issue", "Issue the certificate", Where.RECORD),
    "certificate_list": _connector("certificate_list", "Show on the public register", Where.RECORD),
    "certificate_extend": _connector("certificate_extend", "Extend the certificate by a year", Where.RECORD),
    "certificate_suspend": _connector("certificate_suspend", "Suspend the certificate", Where.RECORD),
    "certificate_withdraw": _connector("certificate_withdraw", "Withdraw the certificate", Where.RECORD),
}
