"""No page reads mails or the timeline but through the rule that says whose a mail is (`app.services.mails.whose`)."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]

# What shows a mail, or tells of one: by the module that has it.
QUERIES = {
    "records": {
        "mails", "mail", "mail_of_job", "recent_mails", "addressed", "mail_ids", "mails_without_bodies",
    },
    "cases": {"timeline"},
}  # fmt: skip
MODELS = {"Mail", "Entry"}
# Who may, and why. A list for readers has no place here: it asks `mails` or `timeline`.
MAY: dict[str, dict[str, str]] = {
    "app/services/mails/whose.py": {
        "records.mails": "the rule",
        "records.addressed": "the rule",
        "records.mail_ids": "the rule",
        "records.mails_without_bodies": "the rule",
        "Mail": "the rule",
    },
    "app/services/papers/timeline.py": {"cases.timeline": "the rule", "Entry": "what it gives"},
    "app/services/pages/case.py": {"Entry": "the type of what the rule gave"},
    "app/services/pages/casetabs.py": {"Entry": "the type of what the rule gave"},
    "app/services/pages/vendorhome.py": {"Entry": "the type of what the rule gave"},
    "app/services/process/sending.py": {"records.mail_of_job": "the worker sends it", "Mail": "the worker sends it"},
    "app/services/process/writing.py": {"Mail": "the worker writes it"},
    "app/services/mails/portalmails.py": {"records.mail_of_job": "the worker sends it", "Mail": "the worker writes it"},
    "app/services/pages/outbox.py": {
        "records.recent_mails": "the demo's outbox shows every mail",
        "records.mail": "the demo's outbox shows every mail",
        "Mail": "the demo's outbox shows every mail",
    },
    "app/services/plays/recording.py": {"cases.timeline": "of a Play: made-up people, read by who plays"},
    "app/services/register/certificates.py": {"cases.timeline": "changes of a certificate alone (kind `register`)"},
    "app/services/register/acts.py": {"cases.timeline": "changes of a certificate alone (kind `register`)"},
    "app/services/audit/evidence.py": {"cases.timeline": "an auditor takes the whole case"},
    "app/services/audit/thinning.py": {"Mail": "whose text goes when its time is over"},
    "app/store/personal.py": {"Mail": "one person's own data, whole, for that person"},
    "app/store/figures.py": {"Mail": "how many wait, are out, or came back"},
    "app/store/invoices.py": {"Entry": "the day on which a claim was cancelled"},
    "app/store/retaining.py": {"Mail": "what is kept no longer goes"},
    "app/store/glance.py": {"Mail": "when a mail last went out"},
    "app/store/named.py": {"Mail": "which files a mail names, so that nobody collects them"},
    "app/store/records.py": {"Mail": "the queries"},
    "app/store/cases.py": {"Entry": "the queries"},
    "app/store/inbound.py": {"Mail": "which mail of ours a mail answers"},
    "app/store/deliveries.py": {"Mail": "which mail of ours a report is about"},
    "app/services/mails/deliveries.py": {"Mail": "which mail of ours a report is about"},
    "app/services/mails/undelivered.py": {"Mail": "staff see what did not arrive"},
    "app/services/cases/resending.py": {"Mail": "staff send it again"},
    "app/store/soundness.py": {"Mail": "which files a backup must hold, and when the portal last wrote"},
    "app/store/undo.py": {"Entry": "hides points that were taken back"},
}


def uses(source: str) -> Iterator[str]:
    """What of the queries and models a module names, however it was imported."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("app.store"):
            room = (node.module or "").rpartition(".")[2]
            for each in node.names:
                if each.name in MODELS and room != "applications":
                    yield each.name
                if each.name in QUERIES.get(room, set()):
                    yield f"{room}.{each.name}"
        if (
            isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.attr in QUERIES.get(node.value.id, set())
        ):
            yield f"{node.value.id}.{node.attr}"


def found() -> dict[str, set[str]]:
    """Every module of app that names one of them (models and the records of administrators define and show tables)."""
    modules = {path.relative_to(PROJECT).as_posix(): path for path in (PROJECT / "app").rglob("*.py")}
    named = {
        name: set(uses(path.read_text())) for name, path in modules.items() if not name.startswith("app/store/models/")
    }
    return {name: each for name, each in named.items() if each}


def test_only_who_is_named_reads_mails_and_the_timeline() -> None:
    assert {name: sorted(each) for name, each in found().items()} == {name: sorted(MAY[name]) for name in MAY}


@pytest.mark.parametrize(
    "planted",
    [
        "from app.store import records\nrows = records.mails(1)",
        "from app.store.records import mails\nrows = mails(1)",
        "from app.store.models import Mail\nrows = Mail.select()",
        "from app.store import cases\nrows = cases.timeline(1, internal=False)",
        "from app.store.models.cases import Entry\nrows = Entry.select()",
    ],
)
def test_a_new_list_that_goes_round_the_rule_is_seen(planted: str) -> None:
    assert list(uses(planted))
