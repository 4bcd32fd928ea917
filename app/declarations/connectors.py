"""What a service task of a diagram may ask for (docs/package-format.md, "Service task operators")."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from app.declarations.choices import NOTICES
from app.declarations.kinds import STATES, Kind
from app.errors import N_


class Where(Enum):
    """Who does the operator's work, and when."""

    OUTSIDE = "outside"  # the world outside notices: done by a worker, once, after the step is stored
    RECORD = "record"  # only our own records change: done by a service inside the step's transaction


class Result(Enum):
    """What it leaves in task data, under the element's `resultVariable`."""

    NOTHING = "nothing"
    DICT = "dict"
    COUNT = "count"  # a whole number, 0 or more


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter. Its value is a Python expression; where `kind` names a thing, a quoted text that names it."""

    name: str
    title: str
    help: str
    kind: Kind
    choices: tuple[str, ...] = ()
    required: bool = True


@dataclass(frozen=True, slots=True)
class Connector:
    """One operator. `left`: what `result` means, in words, for docs and panel."""

    id: str
    title: str
    help: str
    where: Where
    parameters: tuple[Parameter, ...] = ()
    result: Result = Result.NOTHING
    left: str = ""


_ALL = (
    Connector(
        "mail",
        N_("Send a mail"),
        N_("sends the mail, and goes on when the mail server has taken it"),
        Where.OUTSIDE,
        (Parameter("mail", N_("Mail"), N_("the mail that is sent"), Kind.MAIL),),
    ),
    Connector(
        "pdf",
        N_("Make a document"),
        N_("makes the PDF and keeps it with the case"),
        Where.OUTSIDE,
        (Parameter("document", N_("Document"), N_("the document that is made"), Kind.DOCUMENT),),
    ),
    Connector(
        "card",
        N_("Work on a card"),
        N_("queued by the portal for the property `cards`; not for diagrams"),
        Where.OUTSIDE,
        (Parameter("run", N_("Run"), N_("what is done with the card"), Kind.TEXT),),
    ),
    Connector(
        "webhook",
        N_("Call a webhook"),
        N_(
            "sends values to another system, signed, and goes on when it has answered; tried again for as long as"
            " mails are. What the receiver needs to know is in the description of the format"
        ),
        Where.OUTSIDE,
        (
            Parameter("url", N_("Address (URL)"), N_("the setting that holds the address (https)"), Kind.SETTING),
            Parameter("event", N_("Event"), N_("what the receiver knows it by, e.g. `certificate.issued`"), Kind.TEXT),
            Parameter(
                "data",
                N_("Data"),
                N_("the values that are sent; left out: all of them"),
                Kind.ANSWER,
                required=False,
            ),
        ),
        Result.DICT,
        N_("`status` (number) and `answer` (the JSON object that came back, or null)"),
    ),
    Connector(
        "wait_days",
        N_("Wait for business days"),
        N_(
            "the case waits here until that many business days have passed, closing days of the body left out; it"
            " goes on in the morning of that day. 0 goes on at once"
        ),
        Where.RECORD,
        (Parameter("days", N_("Business days"), N_("a whole number, 0 to 1,000"), Kind.ANSWER),),
    ),
    Connector(
        "notice",
        N_("Post a notice"),
        N_("posts a notice on the vendor's home"),
        Where.RECORD,
        (
            Parameter("kind", N_("Kind"), N_("as which kind of notice"), Kind.ONE_OF, NOTICES),
            Parameter("text", N_("Text"), N_("what it says"), Kind.ANSWER),
        ),
    ),
    Connector(
        "cards_out",
        N_("Count the cards that are out"),
        N_("counts the cards that the case has on loan"),
        Where.RECORD,
        result=Result.COUNT,
        left=N_("a whole number"),
    ),
    Connector(
        "wait_for",
        N_("Wait for another step"),
        N_("the case waits here until that step has been completed (and is not open again)"),
        Where.RECORD,
        (Parameter("element", N_("Step"), N_("the step that is waited for"), Kind.ELEMENT),),
    ),
    Connector(
        "milestone",
        N_("Set the public state of the case"),
        N_("gives the case its public state"),
        Where.RECORD,
        (Parameter("state", N_("State"), N_("the state"), Kind.ONE_OF, STATES),),
    ),
    Connector(
        "certificate_issue",
        N_("Issue the certificate"),
        N_("issues the certificate with its number and validity; its PDF is made and signed"),
        Where.RECORD,
        result=Result.DICT,
        left=N_("`number`, `valid_until`"),
    ),
    Connector(
        "certificate_list",
        N_("Show on the public register"),
        N_("shown on the public register"),
        Where.RECORD,
        result=Result.DICT,
        left=N_(
            "`number`, `valid_until`, `state`, `audit_last_day` (days), and instants for timers: "
            "`next_audit_opens`, `audit_near` (the end is near), `audit_deadline` (the last day is over)"
        ),
    ),
    Connector(
        "certificate_read",
        N_("Read the register"),
        N_(
            "how the certificate stands, and whether its text would be another one with the names that the applicant "
            "has given last"
        ),
        Where.RECORD,
        result=Result.DICT,
        left=N_(
            "`state` (`valid`, `suspended`, `withdrawn`, `ended`), `text_changed`, and all that "
            "`certificate_list` leaves"
        ),
    ),
    Connector(
        "certificate_extend",
        N_("Extend the certificate by a term"),
        N_(
            "one term longer, valid again; the names that the applicant has given last become those of the register "
            "and of the case. Said twice of one audit, it counts once"
        ),
        Where.RECORD,
        result=Result.DICT,
        left=N_("as of `certificate_read`, and `was` (how the certificate stood before)"),
    ),
    Connector(
        "certificate_suspend",
        N_("Suspend the certificate"),
        N_("停止 on the register"),
        Where.RECORD,
        result=Result.DICT,
        left=N_(
            "`cure_last_day` (the last day on which it can be cured), `audit_deadline` (when that day is over), "
            "`was` (how it stood before)"
        ),
    ),
    Connector(
        "certificate_withdraw",
        N_("Withdraw the certificate"),
        N_("取消 on the register"),
        Where.RECORD,
    ),
    Connector(
        "certificate_end",
        N_("End the certificate by its holder's wish"),
        N_("廃止 on the register"),
        Where.RECORD,
    ),
)
CONNECTORS: dict[str, Connector] = {each.id: each for each in _ALL}
