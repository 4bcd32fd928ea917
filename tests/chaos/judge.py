"""What is lost, twice, stuck or somebody's trouble, read from the records when everything has come to rest."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.store import cases, database, tally
from app.store.models import Answer, Case, Document, Entry, Incident, Job, Mail, Member, Outage, Task, TimerRow, Visit
from tests.chaos.smtp import Arrived
from tests.chaos.stage import Stage
from tests.chaos.stepper import refused_for_good

BUSY = ("queued", "running")
PROMISES = ("applied", "entered", "sent")  # what a stepper writes down, beside its presses and our mistakes


@dataclass
class Verdict:
    """`wrong`: what must be nothing, each with examples. `figures`: what is merely counted."""

    figures: dict[str, int] = field(default_factory=dict)
    wrong: dict[str, list[str]] = field(default_factory=dict)

    @property
    def guilty(self) -> bool:
        return any(self.wrong.values())


def at_rest() -> bool:
    """Whether nothing waits for the portal itself, or for a press that a real refusal asks for."""
    with database.connection():
        if Job.select().where(Job.state.in_(BUSY)).exists() or TimerRow.select().exists():
            return False
        return not any(refused_for_good(job) for job in Job.select().where(Job.state == "incident"))


def promises(file: Path) -> list[dict[str, Any]]:
    """The acknowledgements. A line that was cut off by a kill was promised to nobody."""
    found = []
    for line in file.read_text(encoding="utf-8").splitlines() if file.exists() else []:
        try:
            found.append(json.loads(line))
        except ValueError:
            continue
    return found


def judge(stage: Stage) -> Verdict:
    """What became of everything on this stage."""
    verdict, said = Verdict(), promises(stage.acknowledged)
    with database.connection():
        _answers(verdict, said)
        _twice(verdict)
        _mails(verdict, list(stage.smtp.arrived))
        _stuck(verdict)
        _troubles(verdict, stage.smtp.refused, said)
        _files(verdict, stage.folder / "data" / "blobs")
        _whole(verdict)
    log = stage.said()
    verdict.figures["tracebacks in the log"] = log.count("Traceback (most recent call last)")
    verdict.wrong["counts of open tasks that were wrong"] += ["in the log"] * log.count("Counts of open tasks were")
    verdict.wrong["pages that failed (500)"] = ["500"] * stage.pages[500]
    ended = stage.run is None or stage.run.poll() is not None
    verdict.wrong["`nintei run` gave up"] = ["it ended by itself"] if ended else []
    return verdict


def _answers(verdict: Verdict, said: list[dict[str, Any]]) -> None:
    """Everything promised is there, word for word."""
    lost = []
    numbers = {row.number: row for row in Case.select()}
    texts = {
        (row.case_id, row.element): str((row.values or {}).get("remark")) for row in Answer.select().order_by(Answer.id)
    }
    for each in said:
        if each["what"] not in PROMISES:
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
    verdict.figures["acknowledged"] = len([each for each in said if each["what"] in PROMISES])


def _twice(verdict: Verdict) -> None:
    visits = [f"case {row.case_id} {row.element}: {row.completed}" for row in Visit.select() if row.completed > 1]
    answers = Counter((row.case_id, row.element) for row in Answer.select(Answer.case, Answer.element))
    papers = Counter((row.case_id, row.key) for row in Document.select() if row.kind == "made")
    verdict.wrong["element or answer twice"] = visits + _many(answers) + _many(papers)


def _mails(verdict: Verdict, arrived: list[Arrived]) -> None:
    """A letter that the server took without the portal hearing of it comes again, under the same Message-ID: its
    reader's program shows it once."""
    rows = list(Mail.select())
    there = {each.message_id for each in arrived}
    names: dict[tuple[str, str], set[str]] = {}
    for each in arrived:
        names.setdefault((each.case, each.mail_id), set()).add(each.message_id)
    entries = Counter(
        (row.case_id, str((row.data or {}).get("mail"))) for row in Entry.select().where(Entry.kind == "mail")
    )
    verdict.figures["mails"] = len(rows)
    verdict.figures["deliveries again, under the same Message-ID"] = len(arrived) - len(there)
    verdict.wrong["one mail under two Message-IDs"] = [
        f"{key}: {sorted(found)}" for key, found in names.items() if len(found) > 1
    ] + _many(Counter((row.case_id, row.mail_id) for row in rows))
    verdict.wrong["sent but never at the server"] = [
        row.message_id for row in rows if row.state == "sent" and row.message_id not in there
    ]
    verdict.wrong["timeline says 'mail sent' twice"] = _many(entries)


def _stuck(verdict: Verdict) -> None:
    """Everything that waited for a person was done, and whatever failed for a real reason was pressed for: so each case
    has come to its end."""
    verdict.wrong["stuck"] = [case.number for case in Case.select().where(~Case.ended)]
    verdict.wrong["left undone"] = [f"{row.key} {row.error}" for row in Job.select().where(Job.state.in_(BUSY))]


def _troubles(verdict: Verdict, refused: set[str], said: list[dict[str, Any]]) -> None:
    """A letter that the mail server refuses for good is somebody's to mend; nothing else is."""
    pressed = {each["job"] for each in said if each["what"] == "pressed"}
    letters = {row.job_key: row.message_id for row in Mail.select(Mail.job_key, Mail.message_id)}
    verdict.figures["incidents for a real 5xx, pressed for"] = len(pressed)
    other = [f"{key}: nobody had refused it" for key in pressed if letters.get(key) not in refused]
    other += [f"{job.key}: {job.error}" for job in Job.select().where(Job.state == "incident")]
    other += [f"{row.kind} {row.element}: {row.message}" for row in Incident.select().where(Incident.over_at.is_null())]
    verdict.wrong["other incidents that a person must press for"] = other
    verdict.wrong["outages that did not end"] = [f"{row.name}: {row.message}" for row in Outage.select()]
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
    verdict.wrong["counts of open tasks that were wrong"] = [repr(each) for each in tally.differing()]


def _many(counts: Counter[Any]) -> list[str]:
    return [f"{key}: {count}" for key, count in counts.items() if count > 1]
