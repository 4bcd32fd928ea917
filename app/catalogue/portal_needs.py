"""What the portal itself reads of a package, whatever it certifies: fields, messages, mails, documents, settings.

One table for all: `nintei check` goes by it, and docs/package-format.md shows it (a test compares the two).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from app.catalogue.fields import form_fields
from app.catalogue.model import Package
from app.errors import N_
from app.states import Side


class Kind(StrEnum):
    """What is needed; the value is a message id."""

    START_FIELD = N_("field of the start form")
    FIELD = N_("field of a form")
    MAIL = "mail"
    DOCUMENT = "document"
    SETTING = "setting"
    REMINDER = N_("key of [reminders]")
    ELEMENT = "element"


class Weight(StrEnum):
    """How much it matters that it is not there."""

    REQUIRED = "required"  # an error
    WANTED = "wanted"  # a warning
    OPTIONAL = "optional"  # nothing is said


@dataclass(frozen=True, slots=True)
class When:
    """For which packages a need holds, in words and in code."""

    words: str
    holds: Callable[[Package], bool]


TABLES = ("applicant", "portal_mails", "portal_documents")
KEYS = ("contract",)
ALWAYS = When("", lambda _: True)


@dataclass(frozen=True, slots=True)
class Need:
    """One thing. `name` is its own, or the key of package.toml that declares it (`applicant.email`); `without`: what
    goes missing where it is not there."""

    kind: Kind
    name: str
    weight: Weight
    without: str
    when: When = ALWAYS

    @property
    def declared(self) -> bool:
        """Whether the package says in package.toml how it is called."""
        return self.name.partition(".")[0] in TABLES or self.name in KEYS

    def called(self, package: Package) -> str:
        """How it is called in this package; "" where that is not declared."""
        if not self.declared:
            return self.name
        table, _, key = self.name.rpartition(".")
        if table == "applicant":
            return str(getattr(package.applicant, key))
        named = {"portal_mails": package.declared.mails, "portal_documents": package.declared.documents}
        return named[table].get(key, "") if table else str(getattr(package.declared, key))


def _numbered(package: Package) -> bool:
    return any(package.applicant.number in form_fields(form) for form in package.forms.values())


def _property(name: str, side: Side = Side.UNSAID) -> Callable[[Package], bool]:
    return lambda package: any(
        element.properties.get(name) and side in (Side.UNSAID, element.side) for element in package.elements.values()
    )


def _register(package: Package) -> bool:
    return package.certificate is not None


def _comes_again(package: Package) -> bool:
    """Whether a task of the vendor can come again after one of the body."""
    after = {element.id: set(element.outgoing) for element in package.elements.values()}
    for element in package.elements.values():
        if element.attached_to:
            after.setdefault(element.attached_to, set()).add(element.id)
    tasks = [element for element in package.elements.values() if element.kind == "userTask"]
    vendors = {element.id for element in tasks if element.side == Side.VENDOR}
    bodys = {element.id for element in tasks if element.side == Side.OPERATOR}
    return any(
        vendor in _ahead(after, body) for vendor in vendors for body in bodys & _ahead(after, vendor)
    )  # fmt: skip


def _ahead(after: dict[str, set[str]], name: str) -> set[str]:
    seen: set[str] = set()
    todo = [name]
    while todo:
        for other in after.get(todo.pop(), ()):
            if other not in seen:
                seen.add(other)
                todo.append(other)
    return seen


def _carded(package: Package) -> bool:
    return bool(package.cards)


_COMPANY = When(N_("of packages with a field applicant.number"), _numbered)
_CERTIFYING = When("of packages with [certificate]", _register)
_DATED = When("of packages with a task that has the property books", _property("books"))
_WISHED = When("of packages with a vendor's task that has the property calendar", _property("calendar", Side.VENDOR))
_CARDED = When("of packages with [cards.…]", _carded)
_DUE = When("of packages with due days", _property("due_bd"))
_RETURNED = When("of packages in which a vendor's task can come again after one of the body", _comes_again)
_CHARGING = When("of packages with [fees.…]", lambda package: bool(package.fees))
_WITHDRAWN = When("of packages with withdraw_message", lambda package: bool(package.withdraw_message))


def _of(kind: Kind, weight: Weight, needed: dict[str, str], when: When = ALWAYS) -> Iterator[Need]:
    return (Need(kind, name, weight, without, when) for name, without in needed.items())


def _needs() -> Iterator[Need]:
    required, wanted, optional = Weight.REQUIRED, Weight.WANTED, Weight.OPTIONAL
    start, field, mail, paper, setting = Kind.START_FIELD, Kind.FIELD, Kind.MAIL, Kind.DOCUMENT, Kind.SETTING
    yield from _of(
        start,
        required,
        {
            "applicant.email": N_("no mail reaches the applicant, nor does the link to go on"),
            "applicant.name": N_("lists, pages of cases and mails have no name of the applicant"),
        },
    )
    yield Need(start, "applicant.contact", wanted, N_("mails and the timeline do not name the person who applies"))
    yield Need(start, "applicant.subject", wanted, N_("the register does not say what is certified"), _CERTIFYING)
    without = N_("cases belong to no company: nobody else of it sees them, and no agent can be let in")
    yield Need(field, "applicant.number", wanted, without, _CERTIFYING)
    yield Need(field, "applicant.kana", wanted, N_("the company has no reading (kana)"), _COMPANY)
    yield Need(field, "applicant.listed_name", optional, N_("the register shows the applicant's name"), _CERTIFYING)
    yield Need(
        field, "applicant.listed_subject", optional, N_("the register shows the name in the application"), _CERTIFYING
    )
    yield Need(field, "wish_1", wanted, N_("the body does not see which days the vendor wishes for"), _WISHED)
    yield Need(field, "cards_state", wanted, N_("nobody says what became of lent cards"), _CARDED)
    yield from _of(
        mail,
        required,
        {
            "portal_mails.link_again": N_("who has lost the first mail cannot have the link sent again"),
            "portal_mails.invitation": N_("whom an applicant brings into a case gets no invitation"),
        },
    )
    without = N_("whoever sends a form gets no receipt with what was sent")
    yield Need(mail, "portal_mails.receipt", optional, without)
    yield Need(paper, "portal_documents.paid", optional, N_("the vendor gets no receipt of what was paid"), _CHARGING)
    yield Need(paper, "portal_documents.receipt", optional, N_("a receipt brings no copy of what was sent"))
    without = N_("nobody is told of a message that the other side wrote on the case's page")
    yield Need(mail, "portal_mails.message", wanted, without)
    yield Need(
        mail, "portal_mails.returned", wanted, N_("the vendor is not told by mail that a step has come back"), _RETURNED
    )
    yield from _of(
        mail,
        wanted,
        {
            "portal_mails.date_lapses": N_("the vendor is not told that a held day is about to lapse"),
            "portal_mails.date_lapsed": N_("the vendor is not told that a held day has lapsed"),
            "portal_mails.date_passed": N_("the vendor is not told that a settled day went by undone"),
            "portal_mails.date_passed_staff": N_("the body is not told that a settled day went by undone"),
            "portal_mails.date_asked": N_("the body is not told that a vendor asks for another day"),
            "portal_mails.date_changed": N_("the vendor is not told that the day was changed"),
            "portal_mails.date_refused": N_("the vendor is not told that the day stays as it is"),
        },
        _DATED,
    )
    yield Need(mail, "portal_mails.cards_overdue", wanted, N_("the vendor is not reminded of lent cards"), _CARDED)
    yield from _of(
        mail,
        wanted,
        {
            "portal_mails.company_claim": N_("a company is not told that somebody applies in its name"),
            "portal_mails.company_admitted": N_("the applicant is not told that the company has admitted them"),
            "portal_mails.company_refused": N_("the applicant is not told that the company has refused them"),
            "portal_mails.company_unconfirmed": (
                N_("the applicant is not told that the corporate number could not be confirmed")
            ),
        },
        _COMPANY,
    )
    yield from _of(
        mail,
        optional,
        {
            "portal_mails.taken_over": N_("whoever takes a certification over is not told by mail"),
            "portal_mails.handed_on": N_("whoever had a certification before is not told who has it now"),
        },
        _CERTIFYING,
    )
    yield Need(Kind.REMINDER, "vendor_mail", wanted, N_("vendors are not reminded of what is due"), _DUE)
    yield Need(Kind.REMINDER, "operator_mail", wanted, N_("the body is not reminded of what is due"), _DUE)
    yield Need(paper, "portal_documents.case_file", wanted, N_("a case cannot be kept as one PDF for the file"))
    yield Need(paper, "portal_documents.card_labels", wanted, N_("no labels for cards can be printed"), _CARDED)
    yield Need(setting, "body.name", required, N_("pages, mails and documents do not say who the body is"))
    without = N_("answers to mails go to the portal's own address, and what no group takes goes to nobody")
    yield Need(setting, "body.email", wanted, without)
    yield Need(
        setting, "bank.number", wanted, N_("the vendor's page of a payment does not say where to pay"), _CHARGING
    )
    yield from _of(
        setting,
        optional,
        {
            "apply.lead": N_("the page to apply does not say what one applies for"),
            "apply.who": N_("the page to apply does not say who may apply"),
            "apply.needs": N_("the page to apply does not say what it takes"),
            "apply.after": N_("the page to apply does not say what comes after sending"),
            "apply.period": N_("the page to apply does not say how long it takes"),
            "apply.ask": N_("the page to apply names the body's own contact"),
            "contact.name": N_("people are told to ask the body itself"),
            "terms.url": N_("pages have no link to terms"),
        },
    )
    without = N_("of a case that ends early nobody is told that contracts were concluded")
    yield Need(Kind.ELEMENT, "contract", optional, without, _WITHDRAWN)


NEEDS = tuple(_needs())
# Sections of settings whose absence is told once, as what the portal needs.
SECTIONS = frozenset(
    need.name.partition(".")[0] for need in NEEDS if need.kind is Kind.SETTING and need.weight is Weight.REQUIRED
)


def company_fields(package: Package) -> dict[str, tuple[str, ...]]:
    """Fields of answers from which `company` in templates is made (services.papers.addressee), beside those of the case
    itself; () of what the package does not declare."""
    said = package.applicant
    single = ("kana", "postal_code", "representative", "representative_title", "department", "phone",
              "payer", "payer_postal_code", "payer_address")  # fmt: skip
    found: dict[str, tuple[str, ...]] = {name: (getattr(said, name),) for name in single}
    found |= {"corporate_number": (said.number,), "address": said.address}
    found |= {
        "delivery_name": (said.delivery_name or said.contact,),
        "delivery_postal_code": (said.delivery_postal_code, said.postal_code),
        "delivery_address": (said.delivery_address, *said.address),
    }
    return {name: tuple(key for key in keys if key) for name, keys in found.items()}
