"""What package.toml may say, section by section (docs/package-format.md, "package.toml")."""

from __future__ import annotations

from app.declarations.keys import Key, Section, Shape
from app.declarations.kinds import STATES, Kind
from app.declarations.portal import APPLICANT, PORTAL_DOCUMENTS, PORTAL_MAILS, WORDS
from app.declarations.settings import FORMATS
from app.errors import N_
from app.states import CertificateState, Side

SIDES = (Side.VENDOR.value, Side.OPERATOR.value)
_CERTIFICATES = tuple(each.value for each in CertificateState)
TITLE = Key("title", N_("Title"), N_("what people read"), english=True)
SIDE = Key("side", N_("Side"), N_("whose turn it is meanwhile"), Kind.ONE_OF, choices=SIDES)
_ID = Key("id", N_("Name in files"), N_("small letters, digits and _; never changed once it is released"), Kind.NEW)

TOP = Section(
    "",
    N_("The package"),
    N_("what it is, and where a case begins"),
    Shape.ONE,
    (
        Key("format", N_("Edition of the format"), N_("2; without it the package is of the first edition"), Kind.WHOLE,
            default=1, least=1, most=2),
        _ID,
        TITLE,
        Key("entry", N_("Process that begins"), N_("the process that a case starts"), Kind.PROCESS),
        Key("start_form", N_("Form of the application"), N_("the user task whose form an application fills in: "
            "the first of the process that begins"), Kind.USER_TASK),
        Key("withdraw_message", N_("Message that withdraws"), N_("ends a running case; without it none is withdrawn"),
            Kind.MESSAGE, default=""),
        Key("give_up_message", N_("Message that gives up"), N_("ends what has been certified, by its holder's own "
            "wish; without it nothing is given up"), Kind.MESSAGE, default=""),
        Key("undone_message", N_("Message of an undone payment"), N_("sent when the confirmation of a payment is "
            "undone after its case has gone on; without it nobody gets a task of it"), Kind.MESSAGE, default=""),
        Key("entry_message", N_("Message of the first link"), N_("sent when the applicant has opened the link of the "
            "first mail"), Kind.MESSAGE, default=""),
        Key("contract", N_("Step that concludes contracts"), N_("people are told of them when a case ends early"),
            Kind.ELEMENT, default=""),
    ),
)  # fmt: skip

_ALL = (
    Section(
        "lanes",
        N_("Lanes"),
        N_("every lane of the diagrams"),
        Shape.NAMED,
        (TITLE, SIDE),
        makes=Kind.LANE,
    ),
    Section(
        "groups",
        N_("Staff groups"),
        N_("who works for the office: each step, mail and account can name a group"),
        Shape.NAMED,
        (
            TITLE,
            Key("attends", N_("Attends on booked days"), N_("its people are offered where a form asks who is there"),
                Kind.FLAG, default=False),
            Key("keeps_keys", N_("Keeps the keys of cards"), N_("its people may bring a component of them"),
                Kind.FLAG, default=False),
            Key("anyone", N_("Everybody may do its work"), N_("not its people alone: the group only says who is "
                "expected to"), Kind.FLAG, default=False),
        ),
        makes=Kind.GROUP,
    ),
    Section(
        "words",
        N_("Words"),
        N_("how the pages of the portal call things in the cases of this package"),
        Shape.NAMED,
        (TITLE,),
        fixed=tuple(WORDS),
    ),
    Section(
        "applicant",
        N_("The applicant"),
        N_("which fields of forms say who applies and for what; leave out what no form asks"),
        Shape.ONE,
        APPLICANT,
    ),
    Section(
        "values",
        N_("Routing values"),
        N_("what people read of a routing value that neither a form nor a table names: one that a script, the portal "
           "or a service task sets"),
        Shape.NAMED,
        (
            TITLE,
            Key("options", N_("What its values are called"), N_("of a value that is one of several: `held=…`"),
                default=(), many=True),
        ),
    ),
    Section("portal_mails", N_("Mails of the portal"), N_("what it sends for acts of its own"), Shape.ONE,
            PORTAL_MAILS),
    Section("portal_documents", N_("Documents of the portal"), N_("what it makes for acts of its own"), Shape.ONE,
            PORTAL_DOCUMENTS),
    Section(
        "stages",
        N_("Stages"),
        N_("what the home of the vendor draws, in order"),
        Shape.LISTED,
        (_ID, TITLE, Key("processes", N_("Processes"), N_("those that belong to it"), Kind.PROCESS, many=True)),
    ),
    Section(
        "ends",
        N_("Ends"),
        N_("what people read of a case that has ended: one for each way in which it can"),
        Shape.NAMED,
        (
            Key("state", N_("State of the case"), N_("which public state the case has then; without it any"),
                Kind.ONE_OF, default="", choices=STATES),
            Key("certificate", N_("State of the certificate"), N_("and which its certificate has; without it any, and "
                "none"), Kind.ONE_OF, default="", choices=_CERTIFICATES),
            Key("dormant", N_("Dormant"), N_("for a case that the body has closed because nobody carried it on"),
                Kind.FLAG, default=False),
            TITLE,
            Key("sentence", N_("Sentence"), N_("the first line of the home and of the case: what has ended, and what "
                "its reader can do"), english=True),
        ),
    ),
    Section(
        "guidelines",
        N_("Guidelines"),
        N_("clocks in business days, stopped while it is the turn of the other side"),
        Shape.LISTED,
        (
            _ID,
            TITLE,
            Key("days", N_("Business days"), N_("how long it should take"), Kind.WHOLE, least=1,
                live="business_days"),
            Key("from", N_("Starts after"), N_("the step with whose end it starts"), Kind.ELEMENT, field="start"),
            Key("until", N_("Ends with"), N_("the step with whose end it ends"), Kind.ELEMENT),
            SIDE,
        ),
    ),
    Section(
        "fees",
        N_("Fees"),
        N_("what a step charges"),
        Shape.NAMED,
        (
            TITLE,
            Key("decision", N_("Decision table of the amount"), N_("gives the amount in yen before tax "
                "(`amount`) and the tax rate in percent (`tax_rate`); it can ask for the fee (`fee`) "
                "and the values of the case"), Kind.DECISION),
            Key("due_days", N_("Days to pay"), N_("calendar days until payment is due"), Kind.WHOLE, live="days"),
            Key("document", N_("PDF of the invoice"), N_("the PDF that shows it"), Kind.DOCUMENT),
        ),
        makes=Kind.FEE,
    ),
    Section(
        "calendars",
        N_("Calendars"),
        N_("days that are offered, wished for and settled"),
        Shape.NAMED,
        (
            TITLE,
            Key("weekdays", N_("Days of the week"), N_("the days on which it can take place"), Kind.WEEKDAYS,
                default=(0, 1, 2, 3, 4),
                many=True, most=6, live="weekdays"),
            Key("capacity", N_("Cases a day"), N_("how many fit on one day"), Kind.WHOLE, default=1, least=1,
                live="count"),
            Key("earliest_bd", N_("First day offered"), N_("business days from today"), Kind.WHOLE, default=1),
            Key("latest_days", N_("Last day offered"), N_("calendar days from today"), Kind.WHOLE, default=120,
                least=1, live="days"),
            Key("wishes", N_("Wishes"), N_("how many days one may wish for"), Kind.WHOLE, default=3, least=1, most=10),
            Key("hold_days", N_("Days that are held"), N_("a day that is held but not paid for lapses after so many "
                "calendar days; a warning goes out before"), Kind.WHOLE, default=20, live="days"),
            Key("change_until_bd", N_("May be changed until"), N_("until so many business days before it the vendor "
                "may ask for another day, or give it up"), Kind.WHOLE, default=5, live="business_days"),
            Key("duration_minutes", N_("Length in minutes"), N_("from its beginning to its end"), Kind.WHOLE,
                default=60, least=1, live="minutes"),
            Key("start", N_("Begins at"), N_("a time of day, as 13:00"), Kind.CLOCK, default="09:00", live="clock"),
            Key("place", N_("Place"), N_("where it is"), default="", english=True, live="text"),
            Key("rooms", N_("Rooms"), N_("of these no two bookings have one at one time; the first that is free is "
                "taken where no place is said"), default=(), many=True, live="rooms"),
            Key("capacity_on", N_("On single days"), N_("what fits on single days: `2026-12-15=2`"), default=(),
                many=True, live="day_counts"),
        ),
        makes=Kind.CALENDAR,
    ),
    Section(
        "cards",
        N_("Card sets"),
        N_("cards that a step has made"),
        Shape.NAMED,
        (
            TITLE,
            Key("count", N_("Cards of a set"), N_("how many are made"), Kind.WHOLE, least=1, most=100),
            Key("loan_days", N_("Days on loan"), N_("calendar days until they are due back"), Kind.WHOLE, least=1,
                live="days"),
        ),
        makes=Kind.CARDS,
    ),
    Section(
        "downloads",
        N_("Downloads"),
        N_("groups of files that a step opens to the applicant; each download is on record"),
        Shape.NAMED,
        (TITLE, Key("files", N_("Files"), N_("the files that belong to it"), Kind.FILE, many=True)),
        makes=Kind.DOWNLOADS,
    ),
    Section(
        "handouts",
        N_("Names of files"),
        N_("how a file is called on pages; without it by its name"),
        Shape.NAMED,
        (TITLE,),
        names=Kind.FILE,
    ),
    Section(
        "certificate",
        N_("Certificate"),
        N_("what is issued and stands on the public register; absent: nothing is"),
        Shape.ONE,
        (
            Key("prefix", N_("Begin of the number"), N_("ABC makes ABC-0001")),
            Key("document", N_("Document"), N_("the PDF that is signed"), Kind.DOCUMENT),
            Key("valid_months", N_("Valid for months"), N_("from the day of issue"), Kind.WHOLE, least=1),
            Key("audit_opens_bd", N_("Renewal opens"), N_("business days before the anniversary"), Kind.WHOLE,
                default=60),
            Key("cure_days", N_("Days to cure"), N_("calendar days after suspension until withdrawal"), Kind.WHOLE,
                default=60),
            Key("audit_near_bd", N_("End is near"), N_("business days before the anniversary from which on the "
                "end counts as near"), Kind.WHOLE, default=20),
        ),
    ),
    Section(
        "reminders",
        N_("Reminders"),
        N_("mails about what is due"),
        Shape.ONE,
        (
            Key("before_bd", N_("Before it is due"), N_("business days before"), Kind.WHOLE, default=(), many=True,
                live="numbers"),
            Key("after_bd", N_("When it is overdue"), N_("business days after"), Kind.WHOLE, default=(), many=True,
                live="numbers"),
            Key("day_bd", N_("Before a settled day"), N_("business days before the day, to both sides"), Kind.WHOLE,
                default=(), many=True, live="numbers"),
            Key("group_only", N_("Staff: only the step’s group"), N_("is reminded of what nobody has taken; else "
                "all staff are"), Kind.FLAG, default=False, live="yesno"),
            Key("copies", N_("Staff: who else gets reminders"), N_("mail addresses"), default=(), many=True,
                live="addresses"),
            Key("overdue_copies", N_("Staff: who hears of what is overdue"), N_("mail addresses; as well as those who "
                "get every reminder"), default=(), many=True, live="addresses"),
            Key("vendor_mail", N_("Mail to the vendor"), N_("the mail that the applicant gets"), Kind.MAIL, default=""),
            Key("operator_mail", N_("Mail to the staff"), N_("the mail that the staff get"), Kind.MAIL, default=""),
        ),
    ),
    Section(
        "sections",
        N_("Names of the sections of settings"),
        N_("for those that the process itself has begun"),
        Shape.NAMED,
        (TITLE,),
        names=Kind.SECTION,
    ),
    Section(
        "settings",
        N_("Settings"),
        N_("values that staff may change without a new release"),
        Shape.NESTED,
        (
            TITLE,
            Key("value", N_("Value"), N_("a text, a whole number, yes or no"), Kind.SCALAR),
            Key("sample", N_("Sample"), N_("to be replaced before work begins"), Kind.FLAG, default=False),
            Key(
                "format", N_("How it is written"), N_("what staff may enter; anything where it is left out"),
                Kind.ONE_OF, default="", choices=FORMATS,
            ),
            Key("help", N_("Help"), N_("what staff read beside it"), default="", english=True),
            Key("second_person", N_("Needs a second person"), N_("a change is proposed, and holds once somebody else "
                "has approved it; always so for accounts, money and registration numbers"), Kind.FLAG, default=False),
            Key("dated", N_("Holds from a day on"), N_("a change may be planned for a day; always so where it needs a "
                "second person"), Kind.FLAG, default=False),
            Key("choices", N_("Choices"), N_("of a value that is one of several"), default=(),
                many=True),
        ),
        makes=Kind.SETTING,
    ),
)  # fmt: skip
SECTIONS: dict[str, Section] = {each.id: each for each in _ALL}
