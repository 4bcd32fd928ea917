"""What the headers of mails and of documents may say, between their lines of +++."""

from __future__ import annotations

from app.declarations.choices import NOTICES
from app.declarations.keys import Key, Section, Shape
from app.declarations.kinds import Kind
from app.errors import N_

AUDIENCES = ("vendor", "operator", "both")

MAIL = Section(
    "mail",
    N_("Header of a mail"),
    N_("whom it goes to, and what goes with it"),
    Shape.ONE,
    (
        Key("subject", N_("Subject"), N_("with names as in the text"), Kind.TEMPLATE, english=True),
        Key("to", N_("To"), N_("the applicant, the deciding body, or a group of the staff"), Kind.RECEIVER),
        Key("attachments", N_("Attachments"), N_("documents (made now if the case has none for this step), files, and "
            "the settled day as an entry for calendars"),
            Kind.ATTACHMENT, default=(), many=True),
        Key("number", N_("Number on the chart"), N_("the circled number of the original chart, shown to people"),
            default=""),
        Key("label", N_("Title"), N_("what people read"), default="", english=True),
        Key("notice", N_("Kind of notice"), N_("as which kind of notice the home of the vendor shows it"), Kind.ONE_OF,
            default=NOTICES[0], choices=NOTICES),
        Key("asks", N_("Step that it asks for"), N_("the step that the mail asks for: its text can name it and its "
            "last day (`task`). Without it the next step of the vendor"), Kind.USER_TASK, default=""),
        Key("informs", N_("Asks for nothing"), N_("it only informs, so that it names no day of the next step"),
            Kind.FLAG, default=False),
    ),
    makes=Kind.MAIL,
)  # fmt: skip
DOCUMENT = Section(
    "document",
    N_("Header of a document"),
    N_("how the PDF is called, and who sees it"),
    Shape.ONE,
    (
        Key("title", N_("Title"), N_("what people read"), english=True),
        Key("filename", N_("Name of the file"), N_("with names as in the text"), Kind.TEMPLATE),
        Key("audience", N_("Who sees it"), N_("one side, or both"), Kind.ONE_OF, choices=AUDIENCES),
        Key("key_component", N_("Half of a key"), N_("1 or 2 makes it the sealed letter of that half, with `key` among "
            "its names: kept encrypted, opened by one named person, never attached to a mail"), Kind.WHOLE, default=0,
            most=2),
    ),
    makes=Kind.DOCUMENT,
)  # fmt: skip
HEADERS = {"mail": MAIL, "document": DOCUMENT}
