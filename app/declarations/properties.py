"""The properties of diagram elements (docs/package-format.md, "BPMN: what the portal reads")."""

from __future__ import annotations

from app.declarations.kinds import Kind
from app.declarations.property import ANY, CALL, THROWS, USER, WAITS, WORKS, Group, Property
from app.declarations.timed import TIMED
from app.errors import N_

__all__ = ["ANY", "CALL", "PROPERTIES", "THROWS", "USER", "WAITS", "WORKS", "Group", "Property"]

_ALL = (
    Property(
        "lane",
        N_("Lane"),
        N_("the lane, where the lane set cannot say it (inside a subprocess)"),
        Kind.LANE,
        Group.WHO,
    ),
    Property(
        "routes",
        N_("Routing values"),
        N_("field keys, comma-separated, that go into task data"),
        Kind.FIELD,
        Group.VALUES,
        USER,
        many=True,
    ),
    Property(
        "due_bd",
        N_("Due in business days"),
        N_("business days until due: a number, or the setting (`section.key`) that says it"),
        Kind.DAYS,
        Group.DAYS,
        USER,
    ),
    Property(
        "due_from",
        N_("Days are counted from"),
        N_(
            "the step with whose end the days of `due_bd` are counted, where that is not the opening of the task: the "
            "mail that asks for it names the day then. A task that is done again is counted from its opening"
        ),
        Kind.ELEMENT,
        Group.DAYS,
        USER,
    ),
    Property(
        "due_value",
        N_("Due by a routing value"),
        N_(
            "the routing value, or a key in it (`certificate.valid_until`), that says the last day: a day, or the "
            "instant at which it is over; of the rows of a repeated group (`findings.mend_by`) the earliest; of "
            "several the first that says one. Where it says one that is not over, `due_bd` does not count"
        ),
        Kind.TEXT,
        Group.DAYS,
        USER,
        many=True,
    ),
    Property(
        "before_day_bd",
        N_("Business days before the settled day"),
        N_(
            "done at the latest so many business days before the day that is settled in its process. A calendar offers "
            "only days that leave room for all of these steps"
        ),
        Kind.WHOLE,
        Group.DAYS,
        USER,
    ),
    Property(
        "after_day_bd",
        N_("Business days after the settled day"),
        N_(
            "for what is done on the day that is settled in its process: due so many business days after it, whenever "
            "the task opens (`due_bd` counts where no day is settled)"
        ),
        Kind.WHOLE,
        Group.DAYS,
        USER,
    ),
    Property(
        "day_until",
        N_("Last day that may be chosen"),
        N_(
            "with `calendar`: the routing value, or a key in it, that says the last day that is offered; of several "
            "the first that says one. The task is due while the calendar still reaches that day"
        ),
        Kind.TEXT,
        Group.DAYS,
        USER,
        many=True,
    ),
    Property(
        "presentation",
        N_("How it is shown"),
        N_(
            "`button`: shown to the vendor as a button on the case's page, not as a due task · `post`: something "
            "sent on paper or as a parcel"
        ),
        Kind.ONE_OF,
        Group.SHOWN,
        USER,
        choices=("button", "post"),
    ),
    Property(
        "group",
        N_("Staff group"),
        N_("the group of staff (`[groups.…]`) that sees it as theirs"),
        Kind.GROUP,
        Group.WHO,
        USER,
        side="operator",
    ),
    Property(
        "title",
        N_("Title for its reader"),
        N_(
            "what whoever does it reads in lists, pages and mails, where the name on the chart does not say it "
            "plainly (追加資料を提出する for メールにて返信); the diagram keeps the name"
        ),
        Kind.TEXT,
        Group.SHOWN,
    ),
    Property(
        "title_en",
        N_("Title for its reader, in English"),
        N_("the same in English"),
        Kind.TEXT,
        Group.SHOWN,
    ),
    Property(
        "item",
        N_("Item of the list"),
        N_(
            "what tells one task from another where an element is done for each item of a list: a name of the task "
            "data, or a key in it (`room`, `room.name`). It stands in the title (“Inspection｜Kitchen”), so in "
            "lists, on the form and in mails (`task.title`, or `task.name` and `task.item` apart). Tasks that open "
            "together without one are numbered"
        ),
        Kind.TEXT,
        Group.SHOWN,
        USER,
    ),
    Property(
        "not_same_as",
        N_("Done by somebody else than"),
        N_("element ids whose last actor may not do this one"),
        Kind.USER_TASK,
        Group.WHO,
        USER,
        many=True,
    ),
    Property(
        "after",
        N_("Only after the answer to"),
        N_(
            "element ids, comma-separated, that are answered first where both stand open beside each other: until then "
            "the task can be read and not answered, it is not its side's turn, and its days have not begun"
        ),
        Kind.USER_TASK,
        Group.WHO,
        USER,
        many=True,
    ),
    Property(
        "reviews",
        N_("Answers that are reviewed"),
        N_(
            "element ids whose answers and documents are shown beside the form, and to whose fields comments "
            "(補正) may be pinned"
        ),
        Kind.USER_TASK,
        Group.SHOWN,
        USER,
        many=True,
    ),
    Property(
        "invoice",
        N_("Fee that is charged"),
        N_("raises the fee of this id when the element is entered (once for each entry)"),
        Kind.FEE,
        Group.MONEY,
    ),
    Property(
        "confirms",
        N_("Payment that is confirmed"),
        N_(
            "this task confirms payment of the fee: fields `amount` (yen), `paid_on`, `payer`; the portal routes "
            "`payment` = `settled` or `short`"
        ),
        Kind.FEE,
        Group.MONEY,
        USER,
        needs=("amount", "paid_on", "payer"),
        routes="payment",
    ),
    Property(
        "pays",
        N_("Payment that is reported"),
        N_(
            "this task of the vendor says that the fee was paid (fields `paid_on`, `payer`); where the body finds the "
            "payment at its bank first, the portal completes the task by that, and nobody is asked for it any more"
        ),
        Kind.FEE,
        Group.MONEY,
        USER,
        needs=("paid_on", "payer"),
    ),
    Property(
        "makes",
        N_("Documents that are made"),
        N_("PDF document ids made when the element is entered, and shown on its page"),
        Kind.DOCUMENT,
        Group.PAPERS,
        many=True,
    ),
    Property(
        "shows",
        N_("What its page offers"),
        N_(
            "document ids (PDF, uploaded answers `element.field`, files) offered on its page; an `element.field` "
            "that is no upload (a tracking number) is shown as text"
        ),
        Kind.SHOWN,
        Group.SHOWN,
        USER,
        many=True,
    ),
    Property(
        "posts_original",
        N_("The original follows by post"),
        N_("`true`: its page says where the original is to be sent (`[settings.body]`)"),
        Kind.FLAG,
        Group.SHOWN,
        USER,
        side="vendor",
    ),
    Property(
        "releases",
        N_("Downloads that open"),
        N_("download group opened for the vendor when the element is entered"),
        Kind.DOWNLOADS,
        Group.PAPERS,
        many=True,
    ),
    Property(
        "cards",
        N_("Cards that are made"),
        N_("card set that must be made before this task is completed"),
        Kind.CARDS,
        Group.CARDS,
        USER,
    ),
    Property(
        "returns_cards",
        N_("Cards come back"),
        N_(
            "`true`: every card that the case has on loan comes back here. Of the vendor: the loans are due when "
            "this task is (field `serials` names those that are sent, `lost_or_damaged` says what became of the "
            "others). Of the body: not completed with `cards_state` = `returned` while one is out or not checked "
            "and wiped, nor with `outstanding` without `cards_note`"
        ),
        Kind.FLAG,
        Group.CARDS,
        USER,
    ),
    Property(
        "passes",
        N_("Passes the step"),
        N_(
            "user task ids: entering this element says that they were passed. Figures so tell how many of the exams, "
            "for instance, were passed"
        ),
        Kind.USER_TASK,
        Group.VALUES,
        many=True,
    ),
    Property(
        "skippable",
        N_("Staff may skip it"),
        N_(
            "`true`: when the portal cannot do this step, staff may go on without it, with a reason that stays on "
            "record. What follows must do without its result"
        ),
        Kind.FLAG,
        Group.WHO,
        WORKS,
    ),
    Property(
        "beside",
        N_("Runs beside the rest"),
        N_(
            "`true`: runs beside the rest. It does not say whose turn it is, nor stop a clock, while something "
            "else is open"
        ),
        Kind.FLAG,
        Group.DAYS,
        USER,
    ),
    Property(
        "calendar",
        N_("Calendar that is offered"),
        N_("the calendar whose free days the form's day fields offer"),
        Kind.CALENDAR,
        Group.DAYS,
        USER,
    ),
    Property(
        "books",
        N_("Day that is settled"),
        N_("settles a date of this calendar from the field `date`; the portal routes `booking` = `held`"),
        Kind.CALENDAR,
        Group.DAYS,
        USER,
        needs=("date",),
        routes="booking",
    ),
    Property(
        "firm",
        N_("Day that is firm"),
        N_("the date held in this calendar is firm from here, paid for or not (a free retest)"),
        Kind.CALENDAR,
        Group.DAYS,
    ),
    Property(
        "secrets",
        N_("Fields that are secret"),
        N_("field keys kept encrypted and never shown again but to the vendor, once"),
        Kind.FIELD,
        Group.VALUES,
        USER,
        many=True,
    ),
    Property(
        "shows_secrets",
        N_("Secrets that are shown"),
        N_("element id whose secrets this task's page reveals once, on a press"),
        Kind.SECRETS,
        Group.VALUES,
        USER,
    ),
    Property(
        "sends",
        N_("Further mails"),
        N_("extra mail ids sent when the element is entered (unnumbered notices)"),
        Kind.MAIL,
        Group.PAPERS,
        USER,
        many=True,
    ),
    Property(
        "reply_by_mail",
        N_("May be answered by mail"),
        N_("`true`: the vendor may answer by mail"),
        Kind.FLAG,
        Group.PAPERS,
        USER,
    ),
    Property(
        "receipt",
        N_("Receipt of what was sent"),
        N_("`false`: no receipt is sent for this form of the vendor's"),
        Kind.FLAG,
        Group.PAPERS,
        USER,
        side="vendor",
    ),
    Property(
        "agrees",
        N_("Papers that are agreed to"),
        N_(
            "PDF document ids. Where the setting `agreement.online` is `true`, the form's conditions read `online` as "
            "true, and its read-only field `agreed_documents` holds these papers with their digests: a person agrees "
            "on the page instead of signing on paper"
        ),
        Kind.DOCUMENT,
        Group.PAPERS,
        USER,
        side="vendor",
        many=True,
    ),
    Property(
        "binds",
        N_("Binds the company"),
        N_(
            "`true`: what is answered binds the company (a contract, a payment); an agent does it only when the "
            "company lets them"
        ),
        Kind.FLAG,
        Group.WHO,
        USER,
    ),
    Property(
        "proves_company",
        N_("Proves the company"),
        N_(
            'an S-FEEL condition over the form\'s fields (`outcome = "passed"`, or `true`): when it holds as the '
            "task is completed, the case's company is proved to be the one of its `corporate_number`. Set it on "
            "each review that sees the registry certificate. Without any, companies stay provisional until a "
            "certificate is issued or the body confirms them by hand"
        ),
        Kind.CONDITION,
        Group.WHO,
        USER,
        side="operator",
    ),
    *TIMED,
    Property(
        "number",
        N_("Number on the chart"),
        N_("the circled number of the original chart, shown to people"),
        Kind.TEXT,
        Group.SHOWN,
    ),
    Property(
        "carries",
        N_("Values that go with it"),
        N_("names of routing values, comma-separated, that go with it"),
        Kind.NAME,
        Group.VALUES,
        THROWS,
        many=True,
    ),
    Property(
        "returns",
        N_("Values that come back"),
        N_("names of routing values, comma-separated, that come back from the called process; without it all do"),
        Kind.NAME,
        Group.VALUES,
        CALL,
        many=True,
    ),
)
PROPERTIES: dict[str, Property] = {each.name: each for each in _ALL}
