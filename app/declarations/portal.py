"""What a package declares for the portal's own acts: words, fields of the applicant, mails, documents."""

from __future__ import annotations

from app.declarations.keys import Key
from app.declarations.kinds import Kind
from app.errors import N_

WORDS = {
    "vendor": N_("who applies"),
    "operator": N_("who decides"),
    "subject": N_("what is certified"),
    "act": N_("what is done to it: certification, registration, licence"),
    "renewal": N_("what happens each year"),
    "company": N_("the company, body or person that applies, with all who belong to it"),
}  # what each word is for


def _asked(name: str, title: str, help_: str, kind: Kind = Kind.ANY_FIELD) -> Key:
    return Key(name, title, help_, kind, default="")


APPLICANT = (
    _asked("email", N_("Mail address"), N_("where mails to the applicant go"), Kind.START_FIELD),
    _asked("name", N_("Name of the applicant"), N_("as lists, pages and mails call them"), Kind.START_FIELD),
    _asked("contact", N_("Person who applies"), N_("as mails and the timeline call them"), Kind.START_FIELD),
    _asked("subject", N_("What is applied for"), N_("its name on the register and in lists"), Kind.START_FIELD),
    _asked("number", N_("Corporate number (13 digits)"), N_("ties the case to a company")),
    _asked("kana", N_("Reading of the name"), N_("in kana")),
    _asked("postal_code", N_("Postal code"), N_("of the address")),
    Key("address", N_("Fields of the address"), N_("in the order of writing; the last one is set apart (the building)"),
        Kind.ANY_FIELD, default=(), many=True),
    _asked("representative", N_("Representative"), N_("whom contracts and certificates name")),
    _asked("representative_title", N_("Title of the representative"), N_("their position in the company")),
    _asked("department", N_("Department"), N_("of the person who applies")),
    _asked("phone", N_("Phone number"), N_("of the person who applies")),
    _asked("payer", N_("Name of the payer"), N_("as whom they pay, beside their name")),
    _asked("payer_postal_code", N_("Postal code of the payer"), N_("of where invoices go, where it is another place")),
    _asked("payer_address", N_("Address of the payer"), N_("where invoices go, where it is another place")),
    _asked("delivery_name", N_("Receiver of parcels"), N_("office and person to whom cards and papers go")),
    _asked("delivery_postal_code", N_("Postal code for parcels"), N_("where it is another than the address")),
    _asked("delivery_address", N_("Address for parcels"), N_("where cards and papers go, if not to the address")),
    Key("key_recipients", N_("Receivers of key letters"), N_("two people, each of whom gets half of a key"),
        Kind.ANY_FIELD, default=(), many=True),
    _asked("listed_name", N_("Name on the register"), N_("as the applicant wishes")),
    _asked("listed_subject", N_("Its name on the register"), N_("as the applicant wishes")),
    _asked("listed_about", N_("Description on the register"), N_("as the applicant wishes")),
    _asked("listed_page", N_("Web address on the register"), N_("as the applicant wishes")),
)  # fmt: skip


def _sent(name: str, title: str, help_: str) -> Key:
    return Key(name, title, help_, Kind.MAIL, default="")


PORTAL_MAILS = (
    _sent("link_again", N_("The first link again"), N_("to who has lost the first mail")),
    _sent("invitation", N_("Invitation"), N_("to whom an applicant brings into a case")),
    _sent("message", N_("New message"), N_("when the other side wrote on the page of the case")),
    _sent("receipt", N_("Receipt of what was sent"), N_("to the vendor, each time a form of theirs has come in")),
    _sent("returned", N_("A step has come back"), N_("to the vendor, who is to do it again")),
    _sent("withdrawn", N_("Withdrawn"), N_("when a case is withdrawn")),
    _sent("date_lapses", N_("A day is about to lapse"), N_("to the vendor, before a held day is lost")),
    _sent("date_lapsed", N_("A day has lapsed"), N_("to the vendor")),
    _sent("date_asked", N_("Another day is asked for"), N_("to the staff")),
    _sent("date_changed", N_("The day has changed"), N_("to the vendor")),
    _sent("date_refused", N_("The day stays as it is"), N_("to the vendor who asked for another")),
    _sent(
        "date_near", N_("A settled day comes near"), N_("to the vendor, as many days before it as the reminders say")
    ),
    _sent("date_near_staff", N_("A settled day comes near (body)"), N_("to the staff who settle days")),
    _sent("date_passed", N_("A settled day went by"), N_("to the vendor, when nothing was recorded")),
    _sent("date_passed_staff", N_("A settled day went by (body)"), N_("to the staff who settle days: they decide")),
    _sent("cards_overdue", N_("Cards are overdue"), N_("to the vendor who has them")),
    _sent("taken_over", N_("A certification is taken over"), N_("to the people of the company that has it now")),
    _sent("handed_on", N_("A certification went to another company"), N_("to the people who had it before")),
    _sent("company_claim", N_("Somebody applies for the company"), N_("to the company")),
    _sent("company_admitted", N_("Admitted to the company"), N_("to who applied in its name")),
    _sent("company_refused", N_("Refused by the company"), N_("to who applied in its name")),
    _sent("company_unconfirmed", N_("Number could not be confirmed"), N_("to who applied with it")),
)
PORTAL_DOCUMENTS = (
    Key("case_file", N_("The case as one PDF"), N_("for the file"), Kind.DOCUMENT, default=""),
    Key("receipt", N_("Copy of what was sent"), N_("goes with the receipt"), Kind.DOCUMENT, default=""),
    Key("paid", N_("Receipt of a payment"), N_("made when a claim is paid in full"), Kind.DOCUMENT, default=""),
    Key("card_labels", N_("Labels of cards"), N_("to print and stick on"), Kind.DOCUMENT, default=""),
)
