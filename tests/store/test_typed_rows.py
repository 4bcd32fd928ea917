"""mypy, as this project has it set up, knows the rows: a mistyped column or state does not pass."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PLANTED = """
from app.states import ChangeKind, TaskState
from app.store import changes
from app.services.base.actors import Actor
from app.services.mails.undelivered import Undelivered
from app.store.models import BankFile, Case, Clock, Entry, Guess, InboundMail, Task, TrailEntry, User


def right(row: Task) -> bool:
    row.state = TaskState.DONE
    return row.state == TaskState.DONE and row.case_id > 0 and bool(Task.select().where(Task.state == TaskState.OPEN))


def wrong(
    row: Task, case: Case, mail: InboundMail, file: BankFile, entry: Entry, guess: Guess, who: Actor, clock: Clock,
    missed: Undelivered
) -> None:
    row.titel                            # a column
    row.company                          # a column of another table
    Task.titel                           # a column of the table
    row.title = 3                        # a value of another kind
    row.state = "opne"                   # a state
    row.state = "open"                   # a text, even of a state
    row.state == "opne"                  # comparing with one
    row.state in {"open", "doen"}        # with several
    TaskState.OPNE                       # the word itself
    Task.state == "opne"                 # in a query
    Task.state.in_(["opne"])             # in a query, of several
    TrailEntry.act == "liftd"            # what is on record of a sign-in
    ChangeKind.SETING                    # of a change
    changes.recent("setting")            # what asks for one
    entry.actor_side == "vendro"         # of which side somebody is
    row.side == "vendor"                 # a text, even of a side
    row.side = "vendor"                  # setting it to one
    who.side == "vendro"                 # of who acts
    clock.side != "vendro"               # whose days are counted
    User.side == "oprator"               # in a query
    Actor(None, "", "vendor")            # who acts, by a text
    guess.way = "sign-on"                # for what a password was given
    case.turn == "vendro"                # whose turn it is
    mail.kind == "reprot"                # who wrote a mail
    missed.to == "person"               # whom a mail was written to
    file.kind = "csv"                    # how a file of the bank is written


def new(case: Case) -> None:
    Task.create(id="1", case=case, state=TaskState.OPEN, due_on=None, **{})
    Task.create(titel="1")               # a column of a new row
    Task.insert(titel="1")               # of one that is composed
    Task.update(titel="1")               # of rows that are changed
    Task.create(state="open")            # a text, even of a state
    Task.update(state="dnoe")            # of rows that are changed
"""


def test_mypy_refuses_a_mistyped_column_and_a_mistyped_state(tmp_path: Path) -> None:
    planted = tmp_path / "planted.py"
    planted.write_text(PLANTED)
    config = tmp_path / "pyproject.toml"  # the project's own, for this file alone
    config.write_text(
        (ROOT / "pyproject.toml").read_text().replace('packages = ["app", "admin", "hardware", "config"]', "")
    )
    command = [sys.executable, "-m", "mypy", "--config-file", str(config), "--no-error-summary", str(planted)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=600, check=False)
    refused = {int(line.split(":")[1]) for line in done.stdout.splitlines() if ": error:" in line}
    lines = PLANTED.splitlines()
    meant = {number for number, line in enumerate(lines, 1) if "  # " in line}
    assert refused == meant, done.stdout + done.stderr
