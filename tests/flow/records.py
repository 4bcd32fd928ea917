"""What the running portal has stored, read beside it from its SQLite file: for waiting, and for comparing."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.support.network import wait_until


class Records:
    """Read-only, a fresh connection for each question."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def rows(self, query: str, *values: Any) -> list[dict[str, Any]]:
        with closing(sqlite3.connect(f"file:{self.file}?mode=ro", uri=True, timeout=30)) as connection:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(query, values)]

    def case(self, number: str) -> dict[str, Any]:
        found = self.rows('SELECT * FROM "case" WHERE number = ?', number)
        assert found, f"no case {number}"
        return found[0]

    def open(self, number: str) -> list[str]:
        """Elements of the case's open tasks, waits for a message included."""
        return sorted(row["element"] for row in self.of(number, "task", "state = 'open'"))

    def of(self, number: str, table: str, where: str = "1") -> list[dict[str, Any]]:
        """Rows of the case in another table, oldest first."""
        case = self.case(number)["id"]
        return self.rows(f'SELECT * FROM "{table}" WHERE case_id = ? AND {where} ORDER BY rowid', case)

    def jobs(self, number: str, *states: str) -> list[dict[str, Any]]:
        marks = ",".join("?" * len(states))
        return self.rows(
            f'SELECT * FROM job WHERE state IN ({marks}) AND case_id = (SELECT id FROM "case" '
            "WHERE number = ?) ORDER BY id",
            *states,
            number,
        )

    def unrest(self, number: str) -> list[str]:
        """What the portal still has to do for the case by itself; [] when everything waits for people."""
        busy = [
            f"{row['element'] or row['operator']} ({row['state']}) {row['error']}"
            for row in self.jobs(number, "queued", "running")
            if "while_open" not in row["params"]
        ]  # the mail of a return waits a while
        waiting = {row["task_id"] for row in self.jobs(number, "incident", "parked") if row["task_id"]}
        on_job = set(json.loads(self.case(number)["running"] or "[]")) - waiting
        return busy or [f"job of task {task}" for task in sorted(on_job) if self._job_is_under_way(task)]

    def _job_is_under_way(self, task: str) -> bool:
        over = "('done', 'late', 'cancelled')"
        return bool(self.rows(f"SELECT 1 FROM job WHERE task_id = ? AND state NOT IN {over}", task))

    def settle(self, number: str, seconds: float = 60) -> None:
        """Wait until the worker has nothing left to do for the case."""
        try:
            wait_until(lambda: not self.unrest(number), seconds, f"the end of the jobs of {number}")
        except TimeoutError as error:
            raise TimeoutError(f"{error}: {self.unrest(number)}") from None

    def incidents(self, number: str) -> list[str]:
        return [f"{row['element'] or row['operator']}: {row['error']}" for row in self.jobs(number, "incident")]
