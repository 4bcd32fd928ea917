"""What the portal itself reads of a package, whatever it certifies: fields, messages, mails, documents, settings.

One table for all: `nintei check` goes by it, and docs/package-format.md shows it (a test compares the two).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from app.catalogue.fields import form_fields
from app.catalogue.model import Package

ENTRY_MESSAGE = "entry_link_followed"  # sent when the applicant has opened the link in the first mail


class Kind(StrEnum):
    """What is needed; the value is a message id."""

    START_FIELD = "field of the start form"
    FIELD = "field of a form"
    MAIL = "mail"
    DOCUMENT = "document"
    SETTING = "setting"
    REMINDER = "key of [reminders]"
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


ALWAYS = When("", lambda _: True)


@dataclass(frozen=True, slots=True)
class Need:
    """One thing. `without`: what goes missing where it is not there."""

    kind: Kind
    name: str
    weight: Weight
    without: str
    when: When = ALWAYS


def _has_field(name: str) -> Callable[[Package], bool]:
    return lambda package: any(name in form_fields(form) for form in package.forms.values())


def _property(name: str, side: str = "") -> Callable[[Package], bool]:
    return lambda package: any(
        element.properties.get(name) and side in ("", element.side) for element in package.elements.values()
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
    vendors = {element.id for element in tasks if element.side == "vendor"}
    bodys = {element.id for element in tasks if element.side == "operator"}
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


_COMPANY = When("of packages with a field corporate_number", _has_field("corporate_number"))
_CERTIFYING = When("of packages with [certificate]", _register)
_DATED = When("of packages with a task that has the property books", _property("books"))
_WISHED = When("of packages with a vendor's task that has the property calendar", _property("calendar", "vendor"))
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
            "email": "no mail reaches the applicant, nor does the link to go on",
            "company_name": "lists, pages of cases and mails have no name of the applicant",
        },
    )
    yield Need(start, "contact_name", wanted, "mails and the timeline do not name the person who applies")
    yield Need(start, "system_name", wanted, "the register does not say what is certified", _CERTIFYING)
    without = "cases belong to no company: nobody else of it sees them, and no agent can be let in"
    yield Need(field, "corporate_number", wanted, without, _CERTIFYING)
    yield Need(field, "company_kana", wanted, "the company has no reading (kana)", _COMPANY)
    yield Need(field, "listing_company", optional, "the register shows the applicant's name", _CERTIFYING)
    yield Need(field, "listing_name", optional, "the register shows the name of the system", _CERTIFYING)
    yield Need(field, "wish_1", wanted, "the body does not see which days the vendor wishes for", _WISHED)
    yield Need(field, "cards_state", wanted, "nobody says what became of lent cards", _CARDED)
    without = "key letters go to the contact person and the representative"
    yield Need(field, "key_custodian_1", optional, without, _CARDED)
    yield from _of(
        mail,
        required,
        {
            "entry-link-again": "who has lost the first mail cannot have the link sent again",
            "account-invitation": "whom an applicant brings into a case gets no invitation",
        },
    )
    without = "nobody is told of a message that the other side wrote on the case's page"
    yield Need(mail, "new-message", wanted, without)
    yield Need(mail, "returned", wanted, "the vendor is not told by mail that a step has come back", _RETURNED)
    yield from _of(
        mail,
        wanted,
        {
            "date-lapse-warning": "the vendor is not told that a held day is about to lapse",
            "date-lapsed": "the vendor is not told that a held day has lapsed",
            "date-asked": "the body is not told that a vendor asks for another day",
            "date-changed": "the vendor is not told that the day was changed",
            "date-refused": "the vendor is not told that the day stays as it is",
        },
        _DATED,
    )
    yield Need(mail, "cards-overdue", wanted, "the vendor is not reminded of lent cards", _CARDED)
    yield from _of(
        mail,
        wanted,
        {
            "company-claim": "a company is not told that somebody applies in its name",
            "company-admitted": "the applicant is not told that the company has admitted them",
            "company-refused": "the applicant is not told that the company has refused them",
            "company-unconfirmed": "the applicant is not told that the corporate number could not be confirmed",
        },
        _COMPANY,
    )
    yield Need(Kind.REMINDER, "vendor_mail", wanted, "vendors are not reminded of what is due", _DUE)
    yield Need(Kind.REMINDER, "operator_mail", wanted, "the body is not reminded of what is due", _DUE)
    yield Need(paper, "case_file", wanted, "a case cannot be kept as one PDF for the file")
    yield Need(paper, "card_labels", wanted, "no labels for cards can be printed", _CARDED)
    yield Need(setting, "body.name", required, "pages, mails and documents do not say who the body is")
    without = "answers to mails go to the portal's own address, and what no group takes goes to nobody"
    yield Need(setting, "body.email", wanted, without)
    yield Need(setting, "bank.number", wanted, "the vendor's page of a payment does not say where to pay", _CHARGING)
    yield from _of(
        setting,
        optional,
        {
            "apply.lead": "the page to apply does not say what one applies for",
            "apply.who": "the page to apply does not say who may apply",
            "apply.needs": "the page to apply does not say what it takes",
            "apply.after": "the page to apply does not say what comes after sending",
            "apply.period": "the page to apply does not say how long it takes",
            "apply.ask": "the page to apply names the body's own contact",
            "contact.name": "people are told to ask the body itself",
            "terms.url": "pages have no link to terms",
        },
    )
    without = "of a case that ends early nobody is told that contracts were concluded in the step of this id"
    yield Need(Kind.ELEMENT, "contracts", optional, without, _WITHDRAWN)


NEEDS = tuple(_needs())
MAILS = frozenset(need.name for need in NEEDS if need.kind is Kind.MAIL)
# Sections of settings whose absence is told once, as what the portal needs.
SECTIONS = frozenset(
    need.name.partition(".")[0] for need in NEEDS if need.kind is Kind.SETTING and need.weight is Weight.REQUIRED
)
DOCUMENTS = frozenset(need.name for need in NEEDS if need.kind is Kind.DOCUMENT)
# Fields of answers from which `company` in templates is made (services.context), beside those of the case itself.
COMPANY_FIELDS = {
    "kana": ("company_kana",),
    "corporate_number": ("corporate_number",),
    "postal_code": ("postal_code",),
    "address": ("prefecture", "city", "street", "building"),
    "representative": ("representative_name",),
    "representative_title": ("representative_title",),
    "department": ("department",),
    "phone": ("phone",),
}
