"""What is lost, twice, stuck or somebody's trouble, read from the records when everything has come to rest."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.store import cases, database
from app.store.models import Answer, Case, Document, Entry, Incident, Job, Mail, Member, Task, TimerRow, Visit
from tests.chaos.smtp import Arrived

BUSY = ("queued", "running")


@dataclass
class Verdict:
    """`wrong`: what must be nothing, each with examples. `figures`: what is merely counted."""

    figures: dict[str, int] = field(default_factory=dict)
    wrong: dict[str, list[str]] = field(default_factory=dict)

    @property
    def guilty(self) -> bool:
        return any(self.wrong.values())


def at_rest() -> bool:
    """Whether nothing waits for the portal itself."""
    with database.connection():
        if Job.select().where(Job.state.in_(BUSY)).exists():
            return False
        return not TimerRow.select().exists()


def promises(file: Path) -> list[dict[str, Any]]:
    """The acknowledgements. A line that was cut off by a kill was promised to nobody."""
    found = []
    for line in file.read_text(encoding="utf-8").splitlines() if file.exists() else []:
        try:
            found.append(json.loads(line))
        except ValueError:
            continue
    return found


def judge(said: list[dict[str, Any]], arrived: list[Arrived], refused: set[str], blobs: Path) -> Verdict:
    """`refused`: Message-IDs to which the mail server said no for good."""
    verdict = Verdict()
    with database.connection():
        _answers(verdict, said)
        _twice(verdict)
        _mails(verdict, arrived)
        _stuck(verdict)
        _troubles(verdict, refused, said)
        _files(verdict, blobs)
        _whole(verdict)
    return verdict


def _answers(verdict: Verdict, said: list[dict[str, Any]]) -> None:
    """Everything promised is there, word for word."""
    lost = []
    numbers = {row.number: row for row in Case.select()}
    texts = {
        (row.case_id, row.element): str((row.values or {}).get("remark")) for row in Answer.select().order_by(Answer.id)
    }
    for each in said:
        if each["what"] == "error":
            continue
        case = numbers.get(each["case"])
        if case is None:
            lost.append(f"case {each['case']}")
        elif each["what"] == "entered":
            if not Member.select().where((Member.case == case.id) & (Member.user == each["user"])).exists():
                lost.append(f"{case.number}: member {each['user']}")
        elif texts.get((case.id, each["element"])) != each["text"]:
            lost.append(f"{case.number} {each['element']}: {each['text']} is {texts.get((case.id, each['element']))}")
    verdict.wrong["acknowledged and lost"] = lost
    verdict.figures["cases"] = len(numbers)
    verdict.figures["tasks done"] = Task.select().where(Task.state == "done").count()
    verdict.figures["acknowledged"] = len([each for each in said if each["what"] != "error"])


def _twice(verdict: Verdict) -> None:
    visits = [f"case {row.case_id} {row.element}: {row.completed}" for row in Visit.select() if row.completed > 1]
    answers = Counter((row.case_id, row.element) for row in Answer.select(Answer.case, Answer.element))
    papers = Counter((row.case_id, row.key) for row in Document.select() if row.kind == "made")
    verdict.wrong["element or answer twice"] = visits + _many(answers) + _many(papers)


def _mails(verdict: Verdict, arrived: list[Arrived]) -> None:
    rows = list(Mail.select())
    there = {each.message_id for each in arrived}
    names: dict[tuple[str, str], set[str]] = {}
    for each in arrived:
        names.setdefault((each.case, each.mail_id), set()).add(each.message_id)
    entries = Counter(
        (row.case_id, str((row.data or {}).get("mail"))) for row in Entry.select().where(Entry.kind == "mail")
    )
    verdict.figures["mails"] = len(rows)
    verdict.figures["duplicate deliveries"] = len(arrived) - len(there)
    verdict.wrong["one mail under two Message-IDs"] = [
        f"{key}: {sorted(found)}" for key, found in names.items() if len(found) > 1
    ] + _many(Counter((row.case_id, row.mail_id) for row in rows))
    verdict.wrong["sent but never at the server"] = [
        row.message_id for row in rows if row.state == "sent" and row.message_id not in there
    ]
    verdict.wrong["timeline says 'mail sent' twice"] = _many(entries)


def _stuck(verdict: Verdict) -> None:
    stuck = []
    for case in Case.select().where(~Case.ended):
        going = Task.select().where((Task.case == case.id) & (Task.state == "open")).exists()
        working = Job.select().where((Job.case == case.id) & Job.state.in_((*BUSY, "parked", "incident"))).exists()
        if not going and not working and not TimerRow.select().where(TimerRow.case == case.id).exists():
            stuck.append(case.number)
    verdict.wrong["stuck"] = stuck
    verdict.wrong["left undone"] = [f"{row.key} {row.error}" for row in Job.select().where(Job.state.in_(BUSY))]


def _troubles(verdict: Verdict, refused: set[str], said: list[dict[str, Any]]) -> None:
    """A letter that the mail server refuses for good is somebody's to mend; nothing else is."""
    real, other = 0, []
    for job in Job.select().where(Job.state == "incident"):
        mail = Mail.get_or_none(Mail.job_key == job.key)
        if mail is not None and mail.message_id in refused:
            real += 1
        else:
            other.append(f"{job.key}: {job.error}")
    other += [f"{row.kind} {row.element}: {row.message}" for row in Incident.select().where(Incident.over_at.is_null())]
    verdict.figures["incidents for a real 5xx"] = real
    verdict.wrong["other incidents that a person must press for"] = other
    verdict.wrong["mistakes of ours that people met"] = [each["text"] for each in said if each["what"] == "error"]


def _files(verdict: Verdict, blobs: Path) -> None:
    digests = {row.digest for row in Document.select(Document.digest) if row.digest}
    digests |= {each["digest"] for row in Mail.select(Mail.attachments) for each in row.attachments or ()}
    verdict.wrong["blobs missing"] = [name for name in sorted(digests) if not (blobs / name[:2] / name).exists()]


def _whole(verdict: Verdict) -> None:
    """What the database says of itself, and whether each case's state can be read."""
    found = []
    if not database.is_postgres():
        [said] = database.proxy.obj.execute_sql("PRAGMA integrity_check").fetchone()
        found += [] if said == "ok" else [str(said)]
        found += [repr(row) for row in database.proxy.obj.execute_sql("PRAGMA foreign_key_check").fetchall()]
    found += [case.number for case in Case.select() if not cases.state(case.id)[1]]
    verdict.wrong["integrity"] = found


def _many(counts: Counter[Any]) -> list[str]:
    return [f"{key}: {count}" for key, count in counts.items() if count > 1]
