"""A task over five requests (list, form, press, check, sending): statements, what is asked twice, CPU of the server.

The pages are asked for in this process, so that no client's cost is in the figures; SQLite.

    python -m tests.bench.requests
"""

from __future__ import annotations

import re
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from flask.testing import FlaskClient

from app.engine import Engine, Evaluator
from tests.bench import thirty
from tests.bench.service_step import new_case, open_task
from tests.support.statements import Counted, counted
from tests.web.conftest import Site, open_site

NAMES = ("GET /tasks", "GET /tasks/<id>", "POST /tasks/<id>", "GET /tasks/<id>/check", "POST /tasks/<id>/check")


class Person:
    """A member of the staff who finishes tasks, without scripts."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.revision = "0"

    def requests(self, task_id: str) -> list[Callable[[], None]]:
        """The five, in their order."""
        url = f"/tasks/{task_id}"
        return [
            lambda: self._get("/tasks"),
            lambda: self._get(url),
            lambda: self._post(url, {"revision": self.revision, "action": "check", "remark": "ok"}),
            lambda: self._get(url + "/check"),
            lambda: self._post(url + "/check", {"revision": self.revision}),
        ]

    def _get(self, url: str) -> None:
        answer = self.client.get(url)
        assert answer.status_code == 200, (url, answer.status_code)
        found = re.search(r'name="revision" value="(\d+)"', answer.text)
        self.revision = found[1] if found else "0"

    def _post(self, url: str, data: dict[str, str]) -> None:
        answer = self.client.post(url, data=data)
        assert answer.status_code == 303, (url, answer.status_code)


def walk(site: Site) -> tuple[list[Counted], list[list[float]]]:
    """(statements of the five requests of one task, CPU seconds of each request over the others)."""
    person, case = Person(site.operator()), new_case(site.bench.portal)
    counts: list[Counted] = []
    took: list[list[float]] = [[] for _ in NAMES]
    for number in range(thirty.TASKS):
        for place, request in enumerate(person.requests(open_task(case))):
            if number == thirty.TASKS // 2:
                with counted() as seen:
                    request()
                counts.append(seen)
                continue
            began = time.process_time()
            request()
            if number > 2:  # what a process keeps is there
                took[place].append(time.process_time() - began)
    return counts, took


def main() -> None:
    evaluator = Evaluator()
    try:
        with tempfile.TemporaryDirectory() as folder:
            packages = thirty.write(Path(folder) / "packages").parent
            (Path(folder) / "portal").mkdir()
            counts, took = walk(open_site(Path(folder) / "portal", Engine(evaluator), packages))
    finally:
        evaluator.close()
    print(f"  {'':24} statements  twice  writing transactions  CPU ms (median)")
    cpu = [statistics.median(each) * 1000 for each in took]
    for name, seen, ms in zip(NAMES, counts, cpu, strict=True):
        print(f"  {name:24} {len(seen.statements):10}  {len(seen.duplicates):5}  {seen.writes:20}  {ms:15.2f}")
    both = [sum(len(seen.statements) for seen in counts), sum(len(seen.duplicates) for seen in counts)]
    print(f"  {'together':24} {both[0]:10}  {both[1]:5}  {sum(seen.writes for seen in counts):20}  {sum(cpu):15.2f}")


if __name__ == "__main__":
    main()
