"""Ways in which a package can be wrong: what, the change that makes it so, where and how it is said."""

from __future__ import annotations

import re
from collections.abc import Callable

from tests.catalogue.support import Edit

BPMN = "library_card.bpmn"
DEFINITIONS = '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">{}</definitions>'
SPIFF = "<spiffworkflow:property name="


def swap(old: str, new: str) -> Callable[[str], str]:
    return lambda text: text.replace(old, new)


def add(text: str) -> Callable[[str], str]:
    return lambda before: before + text


def carrying(element: str, name: str, value: str) -> Edit:
    """The diagram with one more property on an element that has properties."""

    def change(text: str) -> str:
        start = text.index(f'id="{element}"')
        here = text.index("<spiffworkflow:properties>", start)
        here += len("<spiffworkflow:properties>")
        return f'{text[:here]}{SPIFF}"{name}" value="{value}" />{text[here:]}'

    return {BPMN: change}


MORE = """
[fees.card]
title = "発行手数料"
decision = "loan_limit"
due_days = 30
document = "library_card"
[calendars.visit]
title = "来館日"
[cards.plastic]
title = "カード"
count = 1
loan_days = 30
[downloads.rules]
title = "規則"
files = ["rules.pdf"]
[certificate]
prefix = "X"
document = "nothing"
valid_months = 12
"""

CASES: list[tuple[str, Edit, str, str]] = [
    # ---- package.toml
    ("bad TOML is placed", {"package.toml": add("\nentry =\n")}, "package.toml", r"line \d\d: .*column \d+"),
    (
        "a missing key is named",
        {"package.toml": swap('entry = "library_card"\n', "")},
        "package.toml",
        "“entry” is missing",
    ),
    (
        "an unknown key names the nearest",
        {"package.toml": swap("start_form", "start_from")},
        "package.toml",
        "did you mean “start_form”",
    ),
    (
        "an unknown key in a table too",
        {"package.toml": swap("days = 3", "days = 3\ndasy = 4")},
        "package.toml#guidelines.1",
        "did you mean “days”",
    ),
    (
        "a wrong type is named",
        {"package.toml": swap("days = 3", 'days = "three"')},
        "package.toml#guidelines.1",
        "whole number",
    ),
    (
        "a wrong side is named",
        {"package.toml": swap('"operator"\n\n[[st', '"staff"\n\n[[st')},
        "package.toml#lanes.library",
        "vendor, operator",
    ),
    (
        "a lane that the diagram has and the manifest not",
        {"package.toml": swap("[lanes.reader]", "[lanes.raeder]")},
        "package.toml#lanes",
        "lane “reader”",
    ),
    (
        "an entry that is no process",
        {"package.toml": swap('entry = "library_card"', 'entry = "libary_card"')},
        "package.toml",
        "did you mean “library_card”",
    ),
    (
        "a start form that is the staff's",
        {"package.toml": swap('start_form = "request"', 'start_form = "approve"')},
        "package.toml",
        "lane of the vendor",
    ),
    (
        "a start form that is no element",
        {"package.toml": swap('start_form = "request"', 'start_form = "reqest"')},
        "package.toml",
        "did you mean “request”",
    ),
    (
        "a message that nothing waits for",
        {"package.toml": swap("start_form", 'withdraw_message = "stop"\nstart_form')},
        "package.toml",
        "message “stop”",
    ),
    (
        "a stage of unknown processes",
        {"package.toml": swap('processes = ["library_card"]', 'processes = ["x"]')},
        "package.toml#stages.issue",
        "process “x”",
    ),
    (
        "a guideline from nowhere",
        {"package.toml": swap('from = "request"', 'from = "requests"')},
        "package.toml#guidelines.approval",
        "did you mean “request”",
    ),
    (
        "a guideline to nowhere",
        {"package.toml": swap('until = "approve"', 'until = "z"')},
        "package.toml#guidelines.approval",
        "element “z”",
    ),
    (
        "an id that is no name",
        {"package.toml": swap('id = "library_card"', 'id = "Library Card"')},
        "package.toml#id",
        "small letters",
    ),
    (
        "a setting without a value",
        {"package.toml": add('phone = { title = "電話" }\n')},
        "package.toml#settings.body.phone",
        "“value” is missing",
    ),
    (
        "a fee's table without its outputs",
        {"package.toml": add(MORE)},
        "package.toml#fees.card",
        "output “amount”",
    ),
    (
        "files to download that are not there",
        {"package.toml": add(MORE)},
        "package.toml#downloads.rules",
        "file “rules.pdf”",
    ),
    (
        "a certificate without its document",
        {"package.toml": add(MORE)},
        "package.toml#certificate",
        "document “nothing”",
    ),
    (
        "a reminder that is no mail",
        {"package.toml": swap('vendor_mail = "reminder"', 'vendor_mail = "helo"')},
        "package.toml#reminders",
        "did you mean “hello”",
    ),
    # ---- diagrams
    (
        "a user task without a form",
        {"forms/approve.form": None},
        f"{BPMN}#approve",
        r"add forms/approve\.form",
    ),
    (
        "a form without a user task",
        {"forms/aprove.form": '{"components": []}'},
        "forms/aprove.form",
        "did you mean “approve”",
    ),
    (
        "a form on something that is no user task",
        {"forms/make_card.form": '{"components": []}'},
        "forms/make_card.form",
        "no user task",
    ),
    (
        "an operator that there is not",
        {BPMN: swap('Operator id="mail"', 'Operator id="mial"')},
        f"{BPMN}#mail_hello",
        "did you mean “mail”",
    ),
    (
        "a service task without an operator",
        {
            BPMN: lambda t: re.sub(
                r"<spiffworkflow:serviceTaskOperator.*?</spiffworkflow:serviceTaskOperator>",
                "",
                t,
                flags=re.S,
            )
        },
        f"{BPMN}#make_card",
        "no operator",
    ),
    (
        "a parameter that there is not",
        {BPMN: swap('parameter id="mail"', 'parameter id="mai"')},
        f"{BPMN}#mail_hello",
        "did you mean “mail”",
    ),
    (
        "a parameter that is missing",
        {BPMN: swap('parameter id="document"', 'parameter id="x"')},
        f"{BPMN}#make_card",
        "needs the parameter document",
    ),
    (
        "a mail id without quotes",
        {BPMN: swap("\"'hello'\"", '"hello"')},
        f"{BPMN}#mail_hello",
        "in quotes, 'hello'",
    ),
    (
        "a mail id that is no expression at all",
        {BPMN: swap("\"'hello'\"", '"hello-1 again"')},
        f"{BPMN}#mail_hello",
        "in quotes",
    ),
    ("a mail that is missing", {"mail/hello.md": None}, f"{BPMN}#mail_hello", "mail “hello”"),
    (
        "one of two mails that is missing",
        {BPMN: swap("\"'hello'\"", "\"'hello' if books > 3 else 'helo'\"")},
        f"{BPMN}#mail_hello",
        "“helo”: did you mean “hello”",
    ),
    (
        "a document that is missing",
        {"pdf/library_card.html": None},
        f"{BPMN}#make_card",
        "document “library_card”",
    ),
    ("a decision that is missing", {"loan_limit.dmn": None}, f"{BPMN}#decide_limit", "decision “loan_limit”"),
    (
        "a route that is no field",
        {BPMN: swap("reader_kind,books", "book")},
        f"{BPMN}#request",
        "did you mean “books”",
    ),
    (
        "a route of a name that breaks states",
        {BPMN: swap("reader_kind,books", "typename")},
        f"{BPMN}#request",
        "typename",
    ),
    (
        "a payment routed without being confirmed",
        {BPMN: swap("reader_kind,books", "payment")},
        f"{BPMN}#request",
        "field “payment”",
    ),
    ("a secret that is no field", carrying("request", "secrets", "pin"), f"{BPMN}#request", "field “pin”"),
    (
        "a secret that is a route",
        carrying("request", "secrets", "books"),
        f"{BPMN}#request",
        "secret and cannot be a route",
    ),
    (
        "a proof that is no condition",
        carrying("collect", "proves_company", "outcome ="),
        f"{BPMN}#collect",
        "proves_company is no condition",
    ),
    (
        "a proof by a field that is not there",
        carrying("collect", "proves_company", "outcom = &quot;passed&quot;"),
        f"{BPMN}#collect",
        "field “outcom”",
    ),
    (
        "a proof by the vendor",
        carrying("request", "proves_company", "true"),
        f"{BPMN}#request",
        "not a step of the vendor",
    ),
    (
        "a review of nothing",
        carrying("collect", "reviews", "reqest"),
        f"{BPMN}#collect",
        "did you mean “request”",
    ),
    (
        "a review of what nobody answers",
        carrying("collect", "reviews", "mail_hello"),
        f"{BPMN}#collect",
        "no user task",
    ),
    ("another than nobody", carrying("collect", "not_same_as", "x"), f"{BPMN}#collect", "element “x”"),
    (
        "secrets of a task that has none",
        carrying("collect", "shows_secrets", "request"),
        f"{BPMN}#collect",
        "keeps no secrets",
    ),
    ("an unknown fee", carrying("collect", "invoice", "x"), f"{BPMN}#collect", "fee “x”"),
    (
        "a payment without its fields",
        {"package.toml": add(MORE), **carrying("collect", "confirms", "card")},
        f"{BPMN}#collect",
        "field “paid_on”",
    ),
    (
        "a date that is settled without a field",
        {"package.toml": add(MORE), **carrying("collect", "books", "visit")},
        f"{BPMN}#collect",
        "field “date”",
    ),
    ("an unknown calendar", carrying("collect", "calendar", "x"), f"{BPMN}#collect", "calendar “x”"),
    ("unknown cards", carrying("collect", "cards", "x"), f"{BPMN}#collect", "card set “x”"),
    ("cards that nobody takes back", carrying("collect", "cards", "plastic"), f"{BPMN}#collect", "returns_cards"),
    (
        "cards that come back, or do not",
        carrying("collect", "returns_cards", "x"),
        f"{BPMN}#collect",
        "returns_cards must be true or false",
    ),
    ("unknown downloads", carrying("collect", "releases", "x"), f"{BPMN}#collect", "download group “x”"),
    (
        "an unknown document made",
        carrying("collect", "makes", "library_cad"),
        f"{BPMN}#collect",
        "did you mean “library_card”",
    ),
    ("an unknown document shown", carrying("collect", "shows", "x.pdf"), f"{BPMN}#collect", "x.pdf"),
    (
        "an unknown answer shown",
        carrying("collect", "shows", "request.photo"),
        f"{BPMN}#collect",
        "property shows: There is no field “photo”",
    ),
    (
        "an unknown mail sent",
        carrying("collect", "sends", "hallo"),
        f"{BPMN}#collect",
        "did you mean “hello”",
    ),
    (
        "an unknown staff group",
        carrying("collect", "group", "ofice"),
        f"{BPMN}#collect",
        "did you mean “office”",
    ),
    ("an unknown lane", carrying("collect", "lane", "redaer"), f"{BPMN}#collect", "did you mean “reader”"),
    ("an unknown presentation", carrying("collect", "presentation", "knob"), f"{BPMN}#collect", "knob"),
    (
        "a due date in words",
        {BPMN: swap('"due_bd" value="3"', '"due_bd" value="soon"')},
        f"{BPMN}#approve",
        "whole number",
    ),
    ("a yes that is none", carrying("collect", "reply_by_mail", "yes"), f"{BPMN}#collect", "true or false"),
    (
        "a property that nobody reads",
        carrying("collect", "revews", "request"),
        f"{BPMN}#collect",
        "did you mean “reviews”",
    ),
    (
        "a property on the wrong kind",
        carrying("mail_hello", "due_bd", "3"),
        f"{BPMN}#mail_hello",
        "userTask alone",
    ),
    (
        "a step before a day that nobody settles",
        carrying("collect", "before_day_bd", "9"),
        f"{BPMN}#collect",
        "property books",
    ),
    ("days before a day in words", carrying("collect", "before_day_bd", "nine"), f"{BPMN}#collect", "whole number"),
    (
        "the last day of no calendar",
        carrying("approve", "day_until", "loan.end"),
        f"{BPMN}#approve",
        "property calendar",
    ),
    (
        "waiting for nothing",
        {
            BPMN: lambda t: t.replace('Operator id="pdf"', 'Operator id="wait_for"').replace(
                'id="document" type="str" value="\'library_card\'"',
                'id="element" type="str" value="\'aprove\'"',
            )
        },
        f"{BPMN}#make_card",
        "did you mean “approve”",
    ),
    (
        "a state that there is not",
        {
            BPMN: lambda t: t.replace('Operator id="pdf"', 'Operator id="milestone"').replace(
                'id="document" type="str" value="\'library_card\'"', 'id="state" type="str" value="\'done\'"'
            )
        },
        f"{BPMN}#make_card",
        "state “done”",
    ),
    (
        "a task that lies in no lane",
        {BPMN: swap("<bpmn:flowNodeRef>approve</bpmn:flowNodeRef>", "")},
        f"{BPMN}#approve",
        "stands in no lane",
    ),
    (
        "a property that stands there twice",
        carrying("request", "routes", "books"),
        f"{BPMN}#request",
        "twice",
    ),
    (
        "an arrow to nowhere",
        {BPMN: swap('targetRef="approve_gate"', 'targetRef="gone"')},
        f"{BPMN}#approve__to__approve_gate",
        "“gone”, which is not there",
    ),
    ("an id twice in a file", {BPMN: swap('id="refused"', 'id="collect"')}, f"{BPMN}#collect", "twice"),
    (
        "the same process in two files",
        {"copy.bpmn": DEFINITIONS.format('<process id="library_card"/>')},
        f"{BPMN}#library_card",
        r"also in copy\.bpmn",
    ),
    (
        "the same element in two files",
        {"other.bpmn": DEFINITIONS.format('<process id="p"><startEvent id="start"/></process>')},
        "other.bpmn#start",
        r"also in library_card\.bpmn",
    ),
    (
        "elements that the portal does not run",
        {BPMN: lambda t: t.replace("exclusiveGateway", "complexGateway")},
        f"{BPMN}#approve_gate",
        "complexGateway is not supported",
    ),
    (
        "events that the portal does not run",
        {BPMN: lambda t: t.replace("timerEventDefinition", "conditionalEventDefinition")},
        f"{BPMN}#wait_a_day",
        "conditional is not supported",
    ),
    (
        "tables that cannot be read",
        {"loan_limit.dmn": swap("&lt;= 5", "&lt;= five five")},
        "loan_limit.dmn#loan_limit",
        "row 1: Input 2",
    ),
    # ---- forms, mails, documents
    ("a form that is no JSON", {"forms/approve.form": "{"}, "forms/approve.form", r"line 1: .*column 2"),
    (
        "a form without components",
        {"forms/approve.form": "[]"},
        "forms/approve.form",
        "no list of components",
    ),
    (
        "a form that holds what JSON cannot",
        {"forms/approve.form": '{"components": [NaN]}'},
        "forms/approve.form",
        "NaN",
    ),
    (
        "a form nested without end",
        {"forms/approve.form": '{"components":' + "[" * 100_000},
        "forms/approve.form",
        "JSON",
    ),
    (
        "a mail that is not UTF-8",
        {"mail/hello.md": "+++\n件名".encode("shift_jis")},
        "mail/hello.md",
        "UTF-8",
    ),
    ("a mail without a header", {"mail/hello.md": "Hello"}, "mail/hello.md", "header is missing"),
    (
        "a mail header that is no TOML is placed in the file",
        {"mail/hello.md": swap('to = "vendor"', "to = vendor")},
        "mail/hello.md",
        "line 3: .*column 6",
    ),
    (
        "a mail to nobody",
        {"mail/hello.md": swap('to = "vendor"', 'to = "boss"')},
        "mail/hello.md",
        "group:<name>",
    ),
    (
        "a mail to an unknown group",
        {"mail/hello.md": swap('to = "vendor"', 'to = "group:bosses"')},
        "mail/hello.md",
        "group “bosses”",
    ),
    (
        "a mail without a subject",
        {"mail/hello.md": lambda t: re.sub("subject.*\n", "", t)},
        "mail/hello.md",
        "“subject” is missing",
    ),
    (
        "an unknown key of a header",
        {"mail/hello.md": swap("number =", "numbr =")},
        "mail/hello.md",
        "“numbr”: did you mean “number”",
    ),
    (
        "an attached document that is not there",
        {"mail/hello.md": swap("number =", 'attachments = ["card"]\nnumber =')},
        "mail/hello.md",
        "document “card”",
    ),
    (
        "an attached file that is not there",
        {"mail/hello.md": swap("number =", 'attachments = ["file:a.pdf"]\nnumber =')},
        "mail/hello.md",
        "file “a.pdf”",
    ),
    (
        "an attached date of no calendar",
        {"mail/hello.md": swap("number =", 'attachments = ["ics:exam"]\nnumber =')},
        "mail/hello.md",
        "calendar “exam”",
    ),
    (
        "a body that does not parse is placed in the file",
        {"mail/hello.md": swap("{{ links.entry }}", "{% if links %}\n{{ links. }}")},
        "mail/hello.md",
        "line 14",
    ),
    (
        "a subject that does not parse",
        {"mail/hello.md": swap("{{ case.number }}", "{{ case.number")},
        "mail/hello.md",
        "header, subject: .*cannot be read",
    ),
    (
        "an answer of an unknown task",
        {"mail/hello.md": swap("answers.request", "answers.reqest")},
        "mail/hello.md",
        "“reqest”: did you mean “request”",
    ),
    (
        "an answer of an unknown field",
        {"mail/hello.md": swap("request.contact_name", "request.contact_nam")},
        "mail/hello.md",
        "did you mean “contact_name”",
    ),
    (
        "a setting that there is not",
        {"pdf/library_card.html": swap("body.name", "body.nmae")},
        "pdf/library_card.html",
        "“nmae”: did you mean “name”",
    ),
    (
        "a section that there is not",
        {"pdf/library_card.html": swap("body.name", "settings.bdy.name")},
        "pdf/library_card.html",
        "“bdy”: did you mean “body”",
    ),
    (
        "a name that templates do not have",
        {"pdf/library_card.html": swap("data.limit", "dta.limit")},
        "pdf/library_card.html",
        "“dta”: did you mean “data”",
    ),
    (
        "a skeleton that is not there",
        {"pdf/library_card.html": swap("<html>", '{% extends "_shared/leter.html" %}')},
        "pdf/library_card.html",
        r"_shared/leter\.html",
    ),
    (
        "a template nested without end",
        {"pdf/library_card.html": add("{{ " + "(" * 5000 + ")" * 5000 + " }}")},
        "pdf/library_card.html",
        "cannot be read|too deep",
    ),
    (
        "a document for nobody",
        {"pdf/library_card.html": swap('"both"', '"all"')},
        "pdf/library_card.html",
        "vendor, operator, both",
    ),
    (
        "a mail that nothing sends",
        {"mail/spare.md": '+++\nsubject = "x"\nto = "vendor"\n+++\n'},
        "mail/spare.md",
        "Nothing sends",
    ),
    (
        "a document that nothing makes",
        {"pdf/spare.html": '+++\ntitle = "x"\nfilename = "x"\naudience = "both"\n+++\n'},
        "pdf/spare.html",
        "Nothing makes",
    ),
    ("a file that nothing reads", {"notes.doc": "x"}, "notes.doc", "Nothing reads"),
    # ---- names
    (
        "a condition's name that nothing sets",
        {BPMN: swap("outcome == 'refused'", "outcom == 'refused'")},
        f"{BPMN}#approve_gate__to__refused",
        "ever sets “outcom”: did you mean “outcome”",
    ),
    (
        "a text without quotes in a condition",
        {BPMN: swap("outcome == 'refused'", "outcome == Absagen")},
        f"{BPMN}#approve_gate__to__refused",
        "“Absagen”: .*quotes",
    ),
    (
        "a timer's name that nothing sets",
        {BPMN: swap("'P1D'", "pause")},
        f"{BPMN}#wait_a_day",
        "ever sets “pause”",
    ),
    (
        "a name in a table that no form routes",
        {BPMN: swap('value="reader_kind,books"', 'value="reader_kind"')},
        "loan_limit.dmn#loan_limit",
        "ever sets “books”",
    ),
    (
        "a routing value in a mail that nothing sets",
        {"mail/hello.md": add("{{ data.outcomes }}")},
        "mail/hello.md",
        "no routing value “outcomes”: did you mean “outcome”",
    ),
    (
        "two ends that are one",
        {
            "package.toml": add(
                '\n[ends.a]\nstate = "rejected"\ntitle = "甲"\nsentence = "終"\n'
                '[ends.b]\nstate = "rejected"\ntitle = "乙"\nsentence = "終"\n'
            )
        },
        "package.toml#ends.b",
        "for the same end",
    ),
    (
        "an end that no state has",
        {"package.toml": add('\n[ends.a]\nstate = "gone"\ntitle = "甲"\nsentence = "終"\n')},
        "package.toml#ends.a",
        "must be one of: certified",
    ),
    (
        "two steps of one side that are called alike",
        carrying("collect", "title", "カードの申し込み"),
        f"{BPMN}#collect",
        "is called, too",
    ),
    (
        "an English title of a step that has no title",
        carrying("approve", "title_en", "Look at it"),
        f"{BPMN}#approve",
        "English title and no Japanese",
    ),
    (
        "a mail that sends its reader to a word of the chart",
        {
            **carrying("collect", "title", "カードを受け取る"),
            "mail/hello.md": add("「カードの受け取り」をお願いします。"),
        },
        "mail/hello.md",
        "knows the step as 「カードを受け取る」",
    ),
    (
        "a title without English",
        {**carrying("approve", "title", "申請を確かめる"), "english.toml": '"申請の確認" = "Check"\n'},
        f"{BPMN}#approve",
        "no English for the title “申請を確かめる”",
    ),
    (
        "a word of a diagram without English",
        {"english.toml": '"申請の確認" = "Check"\n'},
        f"{BPMN}#request",
        "no English for “カードの申し込み”",
    ),
    (
        "a column of a table without English",
        {"english.toml": '"申請の確認" = "Check"\n'},
        "loan_limit.dmn#loan_limit",
        "no English for “上限（冊）”",
    ),
    (
        "an English word for what no diagram says",
        {"english.toml": '"申請の確認事項" = "Check"\n'},
        "english.toml",
        "do not say “申請の確認事項”: did you mean “申請の確認”",
    ),
    (
        "a routing value that nothing names",
        {
            BPMN: swap(
                '<spiffworkflow:serviceTaskOperator id="mail">',
                '<spiffworkflow:serviceTaskOperator id="mail" resultVariable="sent">',
            )
        },
        "package.toml",
        r"what people call the routing value “sent”: add \[values.sent\]",
    ),
    (
        "a value of a routing value that is not called anything",
        {"package.toml": add('\n[values.sent]\ntitle = "送付"\noptions = ["done"]\n')},
        "package.toml#values.sent",
        "“done” is no value with what it is called",
    ),
    ("an English word that is none", {"english.toml": '"申請の確認" = 3\n'}, "english.toml", "must be a text"),
]
