"""Properties of what a step shows, and of the values that it gives."""

from __future__ import annotations

from app.declarations.kinds import Kind
from app.declarations.property import CALL, THROWS, USER, Group, Property
from app.errors import N_
from app.states import Side

SHOWING: tuple[Property, ...] = (
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
