"""Errors planted by hand, as an analyst makes them: what, in which package, the edit, where it must be said, and what.

The first part is what was once passed with “no problem”; the second part is more of the same kinds.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from tests.planted.support import Edit, add, swap

CARD = "library_card.bpmn"  # of the package of three steps
REVIEW, EXAM, AUDIT = "document_review.bpmn", "exam.bpmn", "audit.bpmn"
PROPERTIES = "<spiffworkflow:properties>"


@dataclass(frozen=True)
class Plant:
    """`file`, `element`, `part`: where it is said ("": wherever in it); `says`: a pattern of the English words."""

    name: str
    edit: Edit
    file: str
    element: str
    says: str
    part: str = ""
    shipped: bool = False  # in the certification that ships; else in the package of three steps


def carrying(element: str, name: str, value: str, file: str = CARD) -> Edit:
    """One more property on an element that has some."""

    def change(text: str) -> str:
        start = text.index(f'id="{element}"')
        here = text.index(PROPERTIES, start) + len(PROPERTIES)
        return f'{text[:here]}<spiffworkflow:property name="{name}" value="{value}" />{text[here:]}'

    return {file: change}


def into(element: str, inner: str, tag: str = "userTask") -> Callable[[str], str]:
    """Something as the first thing inside an element."""

    def change(text: str) -> str:
        found = re.search(rf'<bpmn:{tag} id="{element}"[^>]*>', text)
        assert found, element
        return text[: found.end()] + inner + text[found.end() :]

    return change


def extended(element: str, inner: str) -> Callable[[str], str]:
    """One more extension of an element that has some."""

    def change(text: str) -> str:
        mark = "<bpmn:extensionElements>"
        here = text.index(mark, text.index(f'id="{element}"')) + len(mark)
        return text[:here] + inner + text[here:]

    return change


def attribute(element: str, said: str) -> Callable[[str], str]:
    """One more attribute on an element."""
    return swap(f'id="{element}"', f'id="{element}" {said}', 1)


def kind(element: str, old: str, new: str) -> Callable[[str], str]:
    """An element of another kind."""

    def change(text: str) -> str:
        return re.sub(
            rf'<bpmn:{old} id="{element}"(.*?)</bpmn:{old}>', rf'<bpmn:{new} id="{element}"\1</bpmn:{new}>', text,
            flags=re.DOTALL,
        )  # fmt: skip

    return change


def without(pattern: str) -> Callable[[str], str]:
    """A stretch of the text left out."""
    return lambda text: re.sub(pattern, "", text, count=1, flags=re.DOTALL)


def scripted(code: str, text: str = "") -> Edit:
    """A script task before the confirmation."""
    task = (
        f'<bpmn:scriptTask id="work_out" name="計算" {text}><bpmn:incoming>to_work_out</bpmn:incoming>'
        f"<bpmn:outgoing>decide_limit__to__approve</bpmn:outgoing><bpmn:script>{code}</bpmn:script></bpmn:scriptTask>"
        '<bpmn:sequenceFlow id="to_work_out" sourceRef="decide_limit" targetRef="work_out" />'
    )

    def change(diagram: str) -> str:
        moved = swap(
            'id="decide_limit__to__approve" sourceRef="decide_limit"',
            'id="decide_limit__to__approve" sourceRef="work_out"',
        )(diagram)
        shape = (
            '<bpmndi:BPMNShape id="work_out_di" bpmnElement="work_out"><dc:Bounds x="0" y="0" width="9" height="9" />'
        )
        moved = swap("<bpmndi:BPMNShape", f"{shape}</bpmndi:BPMNShape><bpmndi:BPMNShape", 1)(moved)
        return swap("</bpmn:process>", f"{task}</bpmn:process>")(moved)

    return {CARD: change}


def repeated(inner: str) -> Edit:
    """The confirmation once for each of something."""
    loop = f"<bpmn:multiInstanceLoopCharacteristics>{inner}</bpmn:multiInstanceLoopCharacteristics>"
    return {
        CARD: swap(
            "</bpmn:userTask>\n    <bpmn:exclusiveGateway", f"{loop}</bpmn:userTask>\n    <bpmn:exclusiveGateway"
        )
    }


CAMUNDA = 'xmlns:camunda="http://camunda.org/schema/1.0/bpmn"'
ZEEBE = 'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"'
FAIL = "outcome == 'refused'"

KNOWN = [
    # ---- options, conditions, tables
    Plant(
        "an option renamed, its condition left",
        {"forms/first_review.form": swap('"value": "passed"', '"value": "pass"')},
        REVIEW,
        "first_review_gate__to__mail_review_2",
        "never 'passed' .* mean “pass”",
        "condition",
        True,
    ),
    Plant(
        "an option renamed in a small package",
        {"forms/approve.form": swap('"value": "refused"', '"value": "refuse"')},
        CARD,
        "approve_gate__to__refused",
        "never 'refused' .* mean “refuse”",
        "condition",
    ),
    Plant(
        "a condition on an output that no row gives",
        {
            "exam_outcome.dmn": swap(
                '<text>"passed"</text>\n        </outputEntry>', '<text>"ok"</text>\n        </outputEntry>'
            )
        },
        EXAM,
        "exam_outcome_gate__to__mail_exam_8",
        "never 'passed' .*'ok'",
        "condition",
        True,
    ),
    Plant(
        "a condition of a field on what is not there",
        {"forms/approve.form": swap("=outcome !=", "=outcom !=")},
        "forms/approve.form",
        "reason",
        "no field “outcom”: did you mean “outcome”",
        "attribute:conditional.hide",
    ),
    Plant(
        "two fields of one English name",
        {"forms/approve.form": swap('"label_en": "Reason"', '"label_en": "Decision"')},
        "forms/approve.form",
        "",
        r"“Decision” is the name of another field of this form, too \(outcome\)",
        "field:reason.label",
    ),
    Plant(
        "an option that only the default flow takes",
        {"forms/first_review.form": swap('"values": [', '"values": [ { "value": "hold", "label": "保留" },', 1)},
        REVIEW,
        "first_review_gate",
        "no condition asks for 'hold'",
        "",
        True,
    ),
    Plant(
        "a table with a hole between options",
        {
            "loan_limit.dmn": swap(
                '"school","company"</text>\n        </inputEntry>', '"school"</text>\n        </inputEntry>'
            )
        },
        "loan_limit.dmn",
        "loan_limit",
        "no row for the case that “利用者の種類” is 'company'",
    ),
    Plant(
        "a table with a hole between numbers",
        {"loan_limit.dmn": swap("&gt; 5", "&gt; 10")},
        "loan_limit.dmn",
        "loan_limit",
        "no row for the case .*“希望の冊数” is",
    ),
    Plant(
        "rows that overlap",
        {"loan_limit.dmn": swap("&gt; 5", "&gt;= 5")},
        "loan_limit.dmn",
        "loan_limit",
        "Row 1 applies, too, when .* is 5",
        "row:2",
    ),
    Plant(
        "a fee's row deleted",
        {"fees.dmn": without(r'<rule id="fees_rule_1">.*?</rule>')},
        "fees.dmn",
        "fees",
        "No row gives the amount of “初期費用”",
        "",
        True,
    ),
    Plant(
        "a fee mistyped in its row",
        {"fees.dmn": swap('"audit_fee"', '"audit_fe"')},
        "fees.dmn",
        "fees",
        "never 'audit_fe': .* mean “audit_fee”",
        "row:5",
        True,
    ),
    Plant(
        "an amount below nothing",
        {"fees.dmn": swap("<text>settings.fees.initial<", "<text>-200000<")},
        "fees.dmn",
        "fees",
        "whole number of yen.* -200000",
        "row:1",
        True,
    ),
    Plant(
        "an amount as a text",
        {"fees.dmn": swap("<text>settings.fees.initial<", '<text>"200,000"<')},
        "fees.dmn",
        "fees",
        "whole number of yen.* '200,000'",
        "row:1",
        True,
    ),
    # ---- flow
    Plant(
        "an exclusive split into a parallel join",
        {EXAM: kind("exam_fee_merge", "exclusiveGateway", "parallelGateway")},
        EXAM,
        "exam_fee_merge",
        "every case waits for ever",
        "",
        True,
    ),
    Plant(
        "a parallel split into an exclusive merge",
        {EXAM: kind("exam_date_join", "parallelGateway", "exclusiveGateway")},
        EXAM,
        "exam_date_join",
        "done once for each",
        "",
        True,
    ),
    # ---- what the portal needs
    Plant(
        "a start form without the address",
        {"forms/request.form": swap('"key": "email"', '"key": "e_mail"')},
        "package.toml",
        "applicant",
        "no field of the start form “email”: did you mean “e_mail”",
    ),
    Plant(
        "a start form without the applicant's name",
        {"forms/request.form": swap('"key": "company_name"', '"key": "shop_name"')},
        "package.toml",
        "applicant",
        "no field of the start form “company_name”",
    ),
    Plant(
        "a start form that is not the first task",
        {"package.toml": swap('start_form = "receive_application"', 'start_form = "company_profile"')},
        "package.toml",
        "",
        "begins with “申し込み受付入力” .*nobody could apply",
        "key:start_form",
        True,
    ),
    Plant(
        "the message of the entry link renamed",
        {REVIEW: swap('name="entry_link_followed"', 'name="link_followed"')},
        REVIEW,
        "mail_received",
        "“link_followed”, which nobody sends.*entry_link_followed",
        "",
        True,
    ),
    Plant(
        "the corporate number removed",
        {"forms/company_profile.form": swap('"key": "corporate_number"', '"key": "hojin_bango"')},
        "package.toml",
        "applicant",
        "“corporate_number”",
        shipped=True,
    ),
    Plant(
        "a field that a skeleton reads removed",
        {"forms/company_profile.form": swap('"key": "billing_name"', '"key": "bill_to"')},
        "package.toml",
        "applicant",
        "no field “billing_name”",
        "key:payer",
        True,
    ),
    Plant(
        "the mail of new messages removed",
        {"mail/new-message.md": None},
        "package.toml",
        "portal_mails",
        "“new-message”",
        shipped=True,
    ),
    Plant(
        "the mail of the link removed",
        {"mail/entry-link-again.md": None},
        "package.toml",
        "portal_mails",
        "“entry-link-again”",
        shipped=True,
    ),
    Plant(
        "the case file removed",
        {"pdf/case_file.html": None},
        "package.toml",
        "portal_documents",
        "“case_file”",
        shipped=True,
    ),
    Plant(
        "the body removed",
        {"package.toml": without(r"\[settings\.body\].*$")},
        "package.toml",
        "settings.body",
        "body.name",
    ),
    # ---- elements
    Plant(
        "a payment of what nobody charges",
        {REVIEW: swap('name="invoice" value="initial_fee"', 'name="number" value="5"')},
        REVIEW,
        "confirm_initial_payment",
        "“初期費用” .*no element raises",
        "property:confirms",
        True,
    ),
    Plant(
        "once for each of a number",
        repeated("<bpmn:loopDataInputRef>books</bpmn:loopDataInputRef>"),
        CARD,
        "approve",
        "“books”, which is no list",
        "loop",
    ),
    Plant(
        "not by who did it itself",
        {REVIEW: swap('name="not_same_as" value="first_review"', 'name="not_same_as" value="second_review"')},
        REVIEW,
        "second_review",
        "nobody can do it",
        "property:not_same_as",
        True,
    ),
    Plant(
        "a certificate without words",
        {"pdf/certificate.html": without(r"(?<=\+\+\+\n)\{% extends.*$")},
        "pdf/certificate.html",
        "",
        "no words: it would be issued and signed blank",
        "",
        True,
    ),
    Plant(
        "a diagram without shapes",
        {CARD: without(r"<bpmndi:BPMNDiagram.*</bpmndi:BPMNDiagram>")},
        CARD,
        "",
        "no shapes",
    ),
    # ---- dropped in silence
    *(
        Plant(
            f"camunda:{name}",
            {CARD: attribute("approve", f'{CAMUNDA} camunda:{name}="x"')},
            CARD,
            "approve",
            f"Nothing reads camunda:{name}: .*{instead}",
            f"attribute:camunda:{name}",
        )
        for name, instead in (
            ("assignee", "property group"),
            ("candidateGroups", "property group"),
            ("dueDate", "due_bd"),
            ("formKey", "forms/"),
        )
    ),
    *(
        Plant(
            f"zeebe:{name}",
            {CARD: extended("approve", f"<zeebe:{name} {ZEEBE} x='1'/>")},
            CARD,
            "approve",
            f"Nothing reads zeebe:{name}: .*{instead}",
            f"attribute:zeebe:{name}",
        )
        for name, instead in (
            ("ioMapping", "routes"),
            ("assignmentDefinition", "property group"),
            ("taskSchedule", "due_bd"),
            ("formDefinition", "forms/"),
        )
    ),
    *(
        Plant(
            f"camunda:{name}",
            {CARD: extended("approve", f"<camunda:{name} {CAMUNDA} event='start'/>")},
            CARD,
            "approve",
            f"Nothing reads camunda:{name}: put a script",
            f"attribute:camunda:{name}",
        )
        for name in ("executionListener", "taskListener")
    ),
    Plant(
        "a potential owner",
        {CARD: into("approve", "<bpmn:potentialOwner/>")},
        CARD,
        "approve",
        "potentialOwner: .*group",
    ),
    Plant(
        "a data association",
        {CARD: into("approve", '<bpmn:dataInputAssociation id="d"/>')},
        CARD,
        "approve",
        "routing values",
    ),
    Plant(
        "a compensation",
        {CARD: attribute("approve", 'isForCompensation="true"')},
        CARD,
        "approve",
        "compensation is not run",
    ),
    Plant(
        "a script in JavaScript",
        scripted("limit = 3", 'scriptFormat="javascript"'),
        CARD,
        "work_out",
        "says that it is javascript",
        "script",
    ),
    Plant(
        "a script in Groovy",
        scripted("limit = 3", 'scriptFormat="groovy"'),
        CARD,
        "work_out",
        "says that it is groovy",
        "script",
    ),
    Plant(
        "a condition in FEEL",
        {CARD: swap("<bpmn:conditionExpression ", '<bpmn:conditionExpression language="feel" ')},
        CARD,
        "approve_gate__to__refused",
        "says that it is feel: .*write ==",
        "condition",
    ),
    Plant(
        "a condition that begins with =",
        {CARD: swap(FAIL, '= outcome = "refused"')},
        CARD,
        "approve_gate__to__refused",
        "as FEEL has it.*== to compare",
        "condition",
    ),
]

MORE = [
    Plant(
        "a condition on a misspelt value",
        {CARD: swap(FAIL, "outcome == 'refusd'")},
        CARD,
        "approve_gate__to__refused",
        "mean “refused”",
        "condition",
    ),
    Plant(
        "one of several values that cannot be",
        {CARD: swap(FAIL, "outcome in ('refused', 'late')")},
        CARD,
        "approve_gate__to__refused",
        "never 'late'",
        "condition",
    ),
    Plant(
        "a number compared with a text",
        {CARD: swap(FAIL, "books == '3'")},
        CARD,
        "approve_gate__to__refused",
        "never '3'.*1 to 30",
        "condition",
    ),
    Plant(
        "a number ordered with a text",
        {CARD: swap(FAIL, "books > '3'")},
        CARD,
        "approve_gate__to__refused",
        "less or more than '3'",
        "condition",
    ),
    Plant(
        "a number beyond what the form takes",
        {CARD: swap(FAIL, "books > 30")},
        CARD,
        "approve_gate__to__refused",
        "No case can take",
        "condition",
    ),
    Plant(
        "a condition that contradicts itself",
        {CARD: swap(FAIL, f"{FAIL} and outcome == 'approved'")},
        CARD,
        "approve_gate__to__refused",
        "(No case can take|never)",
        "condition",
    ),
    Plant(
        "a yes-or-no compared with a word",
        {EXAM: swap("exam_fee_due and not exam_fee_paid", "exam_fee_paid == 'true'")},
        EXAM,
        "exam_fee_gate__to__mail_exam_1",
        "yes or no",
        "condition",
        True,
    ),
    Plant(
        "a lower-case true",
        {CARD: swap(FAIL, "books == true")},
        CARD,
        "approve_gate__to__refused",
        "write True",
        "condition",
    ),
    Plant(
        "a name that is set only later",
        {CARD: swap("\"'hello'\"", "\"'hello' if outcome == 'approved' else 'new-message'\"")},
        CARD,
        "mail_hello",
        "Nothing has set “outcome”",
        "parameter:mail",
    ),
    Plant(
        "one equals sign",
        {CARD: swap(FAIL, "outcome = 'refused'")},
        CARD,
        "approve_gate__to__refused",
        "write == to compare",
        "condition",
    ),
    Plant(
        "an expression of another engine",
        {CARD: swap(FAIL, "${outcome == 'refused'}")},
        CARD,
        "approve_gate__to__refused",
        "other engines",
        "condition",
    ),
    Plant(
        "&& between conditions",
        {CARD: swap(FAIL, "outcome == 'refused' &amp;&amp; books > 3")},
        CARD,
        "approve_gate__to__refused",
        "write and, or",
        "condition",
    ),
    Plant(
        "full-width quotes",
        {CARD: swap(FAIL, "outcome == ’refused’")},
        CARD,
        "approve_gate__to__refused",
        "full-width",
        "condition",
    ),
    Plant("a duration without quotes", {CARD: swap("'P1D'", "P1D")}, CARD, "wait_a_day", "put it in quotes", "time"),
    Plant(
        "a row for an option that is none",
        {"loan_limit.dmn": swap('"person"', '"persons"', 3)},
        "loan_limit.dmn",
        "loan_limit",
        "never 'persons'.*mean “person”",
        "row:1",
    ),
    Plant(
        "a row that another hides",
        {"exam_outcome.dmn": lambda text: moved_last(text)},
        "exam_outcome.dmn",
        "exam_outcome",
        "never taken",
        "row:2",
        True,
    ),
    Plant(
        "an output of another type",
        {"exam_fee_due.dmn": swap("<text>false</text>", '<text>"no"</text>')},
        "exam_fee_due.dmn",
        "exam_fee_due",
        "type boolean",
        "row:2",
        True,
    ),
    Plant(
        "a tax rate above all",
        {"fees.dmn": swap("<text>settings.fees.tax_rate</text>", "<text>1000</text>", 1)},
        "fees.dmn",
        "fees",
        "0 to 100.* 1000",
        "row:1",
        True,
    ),
    Plant(
        "a part of a yen",
        {"fees.dmn": swap("<text>settings.fees.exam</text>", "<text>1500.5</text>")},
        "fees.dmn",
        "fees",
        "whole number of yen",
        "row:2",
        True,
    ),
    Plant(
        "no amount for the third exam",
        {"fees.dmn": swap("&gt;= settings.exam.free_retests + 2", "&gt;= 4")},
        "fees.dmn",
        "fees",
        "“認定試験費用” .*when “認定試験の受験回数” is 3",
        "",
        True,
    ),
    Plant(
        "two rows for the second exam",
        {"fees.dmn": swap("&gt;= settings.exam.free_retests + 2", "&gt;= 2")},
        "fees.dmn",
        "fees",
        "Row 3 applies, too",
        "row:4",
        True,
    ),
    Plant(
        "a condition of a field on a value that is none",
        {"forms/approve.form": swap('\\"refused\\"', '\\"refusd\\"')},
        "forms/approve.form",
        "reason",
        "mean “refused”",
        "attribute:conditional.hide",
    ),
    Plant(
        "a fork that is none",
        {REVIEW: kind("card_auth_fork", "parallelGateway", "exclusiveGateway")},
        REVIEW,
        "card_auth_join",
        "waits for ever",
        "",
        True,
    ),
    Plant(
        "a wait for what comes later",
        {EXAM: swap("'mark_loan_form_confirmed'", "'exam_passed'")},
        EXAM,
        "await_loan_form",
        "comes only after it",
        "parameter:element",
        True,
    ),
    Plant(
        "no way to an end",
        {CARD: swap('sourceRef="make_card" targetRef="end"', 'sourceRef="make_card" targetRef="collect"')},
        CARD,
        "wait_a_day",
        "no way leads to an end",
    ),
    Plant("a message that nobody sends", {CARD: lambda text: waiting_for(text)}, CARD, "collect", "which nobody sends"),
    Plant(
        "a number in place of a number of runs",
        repeated("<bpmn:loopCardinality>outcome</bpmn:loopCardinality>"),
        CARD,
        "approve",
        "Nothing has set “outcome”|whole number",
        "",
    ),
    Plant(
        "a route called like a function",
        {
            CARD: swap("reader_kind,books", "reader_kind,sum"),
            "forms/request.form": swap('"key": "books"', '"key": "sum"'),
            "loan_limit.dmn": swap("<text>books</text>", "<text>sum</text>"),
        },
        CARD,
        "request",
        "is a function",
        "property:routes",
    ),
    Plant(
        "a route called like a word of Python",
        {
            CARD: swap("reader_kind,books", "reader_kind,books,class"),
            "forms/request.form": swap('"key": "contact_name"', '"key": "class"'),
        },
        CARD,
        "request",
        "word of Python",
        "property:routes",
    ),
    Plant(
        "a route called like a name of templates",
        {
            CARD: swap("reader_kind,books", "reader_kind,books,case"),
            "forms/request.form": swap('"key": "contact_name"', '"key": "case"'),
        },
        CARD,
        "request",
        "data.case",
        "property:routes",
    ),
    Plant("a reserved name in a script", scripted("__hidden = 1"), CARD, "work_out", "reserved", "script"),
    Plant(
        "a member of the certificate",
        {"pdf/certificate.html": swap("certificate.number", "certificate.numbr", 1)},
        "pdf/certificate.html",
        "",
        "certificate.numbr: .*mean “number”",
        "header:filename",
        True,
    ),
    Plant(
        "a member of the company",
        {"pdf/library_card.html": add("{{ company.nam }}")},
        "pdf/library_card.html",
        "",
        "company.nam: .*mean “name”",
        "body",
    ),
    Plant(
        "a member of an invoice",
        {"pdf/exam_invoice.html": add("{% block more %}{{ invoice.totl }}{% endblock %}")},
        "pdf/exam_invoice.html",
        "",
        "invoice.totl: .*mean “total”",
        "body",
        True,
    ),
    Plant(
        "a member of a booking",
        {"mail/exam-2.md": add("{{ booking.palce }}")},
        "mail/exam-2.md",
        "",
        "booking.palce: .*mean “place”",
        "body",
        True,
    ),
    Plant(
        "a member of a card in a loop",
        {"mail/exam-2.md": add("{% for card in cards %}{{ card.serail }}{% endfor %}")},
        "mail/exam-2.md",
        "",
        "mean “serial”",
        "body",
        True,
    ),
    Plant(
        "a list read as one thing",
        {"mail/hello.md": add("{{ comments.text }}")},
        "mail/hello.md",
        "",
        "comments is a list",
        "body",
    ),
    Plant(
        "a filter that there is not",
        {"mail/hello.md": add("{{ today|jdat }}")},
        "mail/hello.md",
        "",
        "filter “jdat”: did you mean “jdate”",
        "body",
    ),
    Plant(
        "a test that there is not",
        {"mail/hello.md": add("{% if data is definde %}{% endif %}")},
        "mail/hello.md",
        "",
        "test “definde”: did you mean “defined”",
        "body",
    ),
    Plant(
        "a block that stands twice",
        {"pdf/library_card.html": add("{% block a %}x{% endblock %}{% block a %}y{% endblock %}")},
        "pdf/library_card.html",
        "",
        "block a stands there twice",
        "body",
    ),
    Plant(
        "a company's word that no form asks for",
        {"mail/hello.md": add("{{ company.kana }}")},
        "mail/hello.md",
        "",
        "company.kana stays empty",
        "body",
    ),
    Plant(
        "a mail without words",
        {"mail/hello.md": without(r"(?<=\+\+\+\n)\{\{ answers.*$")},
        "mail/hello.md",
        "",
        "no words",
    ),
    Plant(
        "a certificate without its number",
        {"pdf/certificate.html": swap("{{ certificate.number }}", "")},
        "pdf/certificate.html",
        "",
        "does not print its number",
        "",
        True,
    ),
    Plant(
        "a fee that nobody charges",
        {
            "package.toml": add(
                '[fees.copy]\ntitle = "写し"\ndecision = "fees"\ndue_days = 9\ndocument = "exam_invoice"\n'
            )
        },
        "package.toml",
        "fees.copy",
        "No element raises",
        "",
        True,
    ),
    Plant(
        "the mail of a returned step removed",
        {"mail/returned.md": None},
        "package.toml",
        "portal_mails",
        "“returned”",
        shipped=True,
    ),
    Plant(
        "the mail of another day removed",
        {"mail/date-changed.md": None},
        "package.toml",
        "portal_mails",
        "“date-changed”",
        shipped=True,
    ),
    Plant(
        "the reminders removed",
        {"package.toml": without(r"\[reminders\].*?(?=\n\[)")},
        "package.toml",
        "reminders",
        "vendor_mail",
    ),
    Plant(
        "a pattern that looks ahead",
        {"forms/request.form": swap('"maxLength": 100', '"maxLength": 100, "pattern": "^(?=.*x)"', 1)},
        "forms/request.form",
        "company_name",
        "looks ahead",
        "attribute:validate.pattern",
    ),
    Plant(
        "an element without a shape",
        {CARD: without(r'<bpmndi:BPMNShape id="collect_di".*?</bpmndi:BPMNShape>')},
        CARD,
        "collect",
        "no shape for “カードの受け取り”",
    ),
    Plant(
        "a flowable attribute",
        {CARD: attribute("approve", 'xmlns:flowable="http://flowable.org/bpmn" flowable:assignee="x"')},
        CARD,
        "approve",
        "flowable:assignee",
    ),
    Plant(
        "a collection of another engine",
        {CARD: attribute("approve", f'{CAMUNDA} camunda:collection="x"')},
        CARD,
        "approve",
        "loopDataInputRef",
    ),
    Plant(
        "more than one token", {CARD: attribute("approve", 'startQuantity="2"')}, CARD, "approve", "one token comes in"
    ),
    Plant(
        "a declared field that no form has",
        {"package.toml": swap('name = "company_name"', 'name = "compny_name"')},
        "package.toml",
        "applicant",
        "no field of the start form “compny_name”: did you mean “company_name”",
        "key:name",
        True,
    ),
    Plant(
        "declared key recipients whom no form asks for",
        {"package.toml": swap('"key_custodian_2"', '"key_keeper_2"')},
        "package.toml",
        "applicant",
        "no field “key_keeper_2”",
        "key:key_recipients",
        True,
    ),
    Plant(
        "a declared mail that is not there",
        {"package.toml": swap('returned = "returned"', 'returned = "come-back"')},
        "package.toml",
        "portal_mails",
        "no mail “come-back”",
        "key:returned",
        True,
    ),
    Plant(
        "a document of the portal that is not declared",
        {"package.toml": swap('case_file = "case_file"\n', "")},
        "package.toml",
        "portal_documents",
        "asks for the document under “case_file”",
        "",
        True,
    ),
    Plant(
        "an act of the portal that is written wrongly",
        {"package.toml": swap('invitation = "account', 'invitations = "account')},
        "package.toml",
        "portal_mails",
        "“invitations”: did you mean “invitation”",
        "key:invitations",
        True,
    ),
    Plant(
        "a group that is not declared",
        {"package.toml": swap("[groups.accounting]", "[groups.money]")},
        "document_review.bpmn",
        "confirm_initial_payment",
        "no group “accounting”",
        "property:group",
        True,
    ),
    Plant(
        "an entry message that nothing waits for",
        {"package.toml": swap('entry_message = "entry_link_followed"', 'entry_message = "link_followed"')},
        "package.toml",
        "",
        "no message “link_followed”: did you mean “entry_link_followed”",
        "key:entry_message",
        True,
    ),
    Plant(
        "a contract that is no element",
        {"package.toml": swap('contract = "contracts"', 'contract = "contract"')},
        "package.toml",
        "",
        "no element “contract”",
        "key:contract",
        True,
    ),
    Plant(
        "an item that nothing sets",
        carrying("approve", "item", "book.title"),
        CARD,
        "approve",
        "Nothing ever sets “book”",
        "property:item",
    ),
    Plant(
        "an item that is no name",
        carrying("approve", "item", "{{ book }}"),
        CARD,
        "approve",
        "item names what tells",
        "property:item",
    ),
]


def moved_last(text: str) -> str:
    """The first row of the exam's table after the row that takes everything."""
    found = re.search(r'<rule id="exam_outcome_rule_1">.*?</rule>', text, flags=re.DOTALL)
    assert found
    return text.replace(found.group(), "").replace("</decisionTable>", f"{found.group()}</decisionTable>")


def waiting_for(text: str) -> str:
    """The last task of the reader made a wait for a message."""
    text = kind("collect", "userTask", "receiveTask")(text)
    text = swap('<bpmn:receiveTask id="collect"', '<bpmn:receiveTask id="collect" messageRef="m"')(text)
    return swap("<bpmn:process ", '<bpmn:message id="m" name="parcel_arrived" /><bpmn:process ')(text)
