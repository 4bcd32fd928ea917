"""The properties of diagram elements (docs/package-format.md, "BPMN: what the portal reads")."""

from __future__ import annotations

from app.declarations.kinds import Kind
from app.declarations.property import ANY, CALL, THROWS, USER, WAITS, WORKS, Group, Property
from app.declarations.timed import TIMED
from app.errors import N_
from app.states import Side

__all__ = ["ANY", "CALL", "PROPERTIES", "THROWS", "USER", "WAITS", "WORKS", "Group", "Property"]

_ALL = (
    Property(
        "lane",
        N_("Lane"),
        N_("who does it, where the step stands in no lane of the diagram (inside a subprocess)"),
        Kind.LANE,
        Group.WHO,
    ),
    Property(
        "routes",
        N_("Routing values"),
        N_("answers of the form that later steps use: in conditions, decision tables and texts"),
        Kind.FIELD,
        Group.VALUES,
        USER,
        many=True,
    ),
    Property(
        "due_bd",
        N_("Due in business days"),
        N_("business days until it is due: a number, or a setting that staff can change"),
        Kind.DAYS,
        Group.DAYS,
        USER,
    ),
    Property(
        "due_from",
        N_("Days are counted from"),
        N_(
            "the days are counted from the end of this step instead of from the opening of the task: the mail "
            "that asks for it can then name the day. A task that is done again is counted from its opening"
        ),
        Kind.ELEMENT,
        Group.DAYS,
        USER,
    ),
    Property(
        "due_value",
        N_("Due by a routing value"),
        N_(
            "the value that holds the last day, such as `certificate.valid_until`. Of the rows of a list "
            "(`findings.mend_by`) the earliest counts, of several values the first that holds a day. As long as "
            "that day is still to come, the business days do not count"
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
            "for what is done on a settled day, an exam for instance: due so many business days after that day, "
            "whenever the task opens. Where no day is settled, the business days until it is due count"
        ),
        Kind.WHOLE,
        Group.DAYS,
        USER,
    ),
    Property(
        "day_until",
        N_("Last day that may be chosen"),
        N_(
            "the value that holds the last day that the calendar offers here; of several the first that holds a "
            "day. The task is due while that day can still be reached"
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
            "as a button on the page of the case instead of a task with a due day, or as something that goes on "
            "paper or as a parcel"
        ),
        Kind.ONE_OF,
        Group.SHOWN,
        USER,
        choices=("button", "post"),
    ),
    Property(
        "group",
        N_("Staff group"),
        N_("the group of staff that sees the task among its own work"),
        Kind.GROUP,
        Group.WHO,
        USER,
        side=Side.OPERATOR,
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
            "what tells the tasks apart where the step is done once for each item of a list: the name of a value,"
            " such as `room.name`. It stands in the title (“Inspection｜Kitchen”). Without it the tasks are "
            "numbered"
        ),
        Kind.TEXT,
        Group.SHOWN,
        USER,
    ),
    Property(
        "not_same_as",
        N_("Done by somebody else than"),
        N_("whoever did one of these steps last cannot do this one"),
        Kind.USER_TASK,
        Group.WHO,
        USER,
        many=True,
    ),
    Property(
        "after",
        N_("Only after the answer to"),
        N_(
            "steps that are answered first where they are open beside this one: until then the task can be read "
            "and not answered, it is not its side's turn, and its days have not begun"
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
            "the steps whose answers and documents are shown beside the form; a comment (補正) can be pinned to "
            "each of their fields"
        ),
        Kind.USER_TASK,
        Group.SHOWN,
        USER,
        many=True,
    ),
    Property(
        "invoice",
        N_("Fee that is charged"),
        N_("the fee that is charged when the case comes to this step (each time it comes)"),
        Kind.FEE,
        Group.MONEY,
    ),
    Property(
        "confirms",
        N_("Payment that is confirmed"),
        N_(
            "the fee whose payment is confirmed here. The form asks for the amount, the day and the payer (keys "
            "`amount`, `paid_on`, `payer`); behind it, `payment` is `settled` or `short`"
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
            "the fee of which the applicant says here that it was paid; the form asks for the day and the payer "
            "(keys `paid_on`, `payer`). Where staff find the payment at the bank first, the portal completes the "
            "task by that, and nobody is asked for it any more"
        ),
        Kind.FEE,
        Group.MONEY,
        USER,
        needs=("paid_on", "payer"),
    ),
    Property(
        "makes",
        N_("Documents that are made"),
        N_("documents (PDF) that are made when the case comes to this step, and shown on its page"),
        Kind.DOCUMENT,
        Group.PAPERS,
        many=True,
    ),
    Property(
        "shows",
        N_("What its page offers"),
        N_(
            "documents, uploaded files and files of the process that its page offers; an answer that is no file "
            "(a tracking number) is shown as text"
        ),
        Kind.SHOWN,
        Group.SHOWN,
        USER,
        many=True,
    ),
    Property(
        "shows_while",
        N_("Offers it only while"),
        N_(
            "what its page offers is there only while this value says something. For a step that comes again: the "
            "result because of which it comes now, and not the one of a year ago"
        ),
        Kind.NAME,
        Group.SHOWN,
        USER,
    ),
    Property(
        "posts_original",
        N_("The original follows by post"),
        N_("its page says where the original is to be sent, as the settings have the address"),
        Kind.FLAG,
        Group.SHOWN,
        USER,
        side=Side.VENDOR,
    ),
    Property(
        "releases",
        N_("Downloads that open"),
        N_("files that the applicant can download from this step on"),
        Kind.DOWNLOADS,
        Group.PAPERS,
        many=True,
    ),
    Property(
        "cards",
        N_("Cards that are made"),
        N_("cards that must be made before this task is completed"),
        Kind.CARDS,
        Group.CARDS,
        USER,
    ),
    Property(
        "returns_cards",
        N_("Cards come back"),
        N_(
            "every card that the case has on loan comes back here. Of the applicant: the loans are due when this "
            "task is; the form asks which are sent (`serials`) and what became of the others (`lost_or_damaged`)."
            " Of the staff: it is not completed as returned (`cards_state`) while a card is out, or not checked "
            "and wiped; what is still out needs a note (`cards_note`)"
        ),
        Kind.FLAG,
        Group.CARDS,
        USER,
    ),
    Property(
        "passes",
        N_("Passes the step"),
        N_(
            "steps that count as passed when the case comes here. Figures so tell how many of the exams, for "
            "instance, were passed"
        ),
        Kind.USER_TASK,
        Group.VALUES,
        many=True,
    ),
    Property(
        "skippable",
        N_("Staff may skip it"),
        N_(
            "when the portal cannot do this step, staff may go on without it, with a reason that stays on record."
            " What follows must do without its result"
        ),
        Kind.FLAG,
        Group.WHO,
        WORKS,
    ),
    Property(
        "beside",
        N_("Runs beside the rest"),
        N_(
            "runs beside the rest: while something else is open, it does not say whose turn it is, nor stop the "
            "days from being counted"
        ),
        Kind.FLAG,
        Group.DAYS,
        USER,
    ),
    Property(
        "calendar",
        N_("Calendar that is offered"),
        N_("the calendar whose free days the form offers"),
        Kind.CALENDAR,
        Group.DAYS,
        USER,
    ),
    Property(
        "books",
        N_("Day that is settled"),
        N_(
            "the calendar in which the day of the form (key `date`) is held for the case; behind it, `booking` is"
            " `held`"
        ),
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
        N_("answers that are kept encrypted, shown once to the applicant, and never again to anybody"),
        Kind.FIELD,
        Group.VALUES,
        USER,
        many=True,
    ),
    Property(
        "shows_secrets",
        N_("Secrets that are shown"),
        N_("the step whose secret answers this page shows once, on a press"),
        Kind.SECRETS,
        Group.VALUES,
        USER,
    ),
    Property(
        "sends",
        N_("Further mails"),
        N_("mails that are sent besides when the case comes to this step"),
        Kind.MAIL,
        Group.PAPERS,
        USER,
        many=True,
    ),
    Property(
        "reply_by_mail",
        N_("May be answered by mail"),
        N_("the applicant may answer by mail"),
        Kind.FLAG,
        Group.PAPERS,
        USER,
    ),
    Property(
        "receipt",
        N_("Receipt of what was sent"),
        N_("the applicant gets a receipt by mail when this form has come in"),
        Kind.FLAG,
        Group.PAPERS,
        USER,
        side=Side.VENDOR,
        holds=True,
    ),
    Property(
        "agrees",
        N_("Papers that are agreed to"),
        N_(
            "papers to which a person agrees on the page instead of signing on paper, where the setting "
            "`agreement.online` says so. The read-only field `agreed_documents` of the form then holds them, and "
            "conditions of the form can ask for `online`"
        ),
        Kind.DOCUMENT,
        Group.PAPERS,
        USER,
        side=Side.VENDOR,
        many=True,
    ),
    Property(
        "binds",
        N_("Binds the company"),
        N_(
            "what is answered binds the company (a contract, a payment); an agent does it only when the company "
            "lets them"
        ),
        Kind.FLAG,
        Group.WHO,
        USER,
    ),
    Property(
        "proves_company",
        N_("Proves the company"),
        N_(
            "when this holds as the task is completed, the company of the case is proved to be the one of its "
            "corporate number. For each review that sees the registry certificate. Without any, companies stay "
            "provisional until a certificate is issued or staff confirm them"
        ),
        Kind.CONDITION,
        Group.WHO,
        USER,
        side=Side.OPERATOR,
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
        N_("values that go with it"),
        Kind.NAME,
        Group.VALUES,
        THROWS,
        many=True,
    ),
    Property(
        "returns",
        N_("Values that come back"),
        N_("values that come back from the called process; without any all do"),
        Kind.NAME,
        Group.VALUES,
        CALL,
        many=True,
    ),
)
PROPERTIES: dict[str, Property] = {each.name: each for each in _ALL}
