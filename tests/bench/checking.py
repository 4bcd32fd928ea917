"""The check of a draft while it is drawn: whole, and after a change of one file of each kind.

    python -m tests.bench.checking

Processor time of the certification that ships, the package read anew each time, as a page's request does. The middle of
five; a change is one that no run has seen. Nothing is asserted here: the aim is 400 ms.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Mapping

from app import catalogue
from app.engine import Engine, Evaluator
from app.services.base import checks
from app.services.workspaces.content import READING
from app.text.memo import Memo
from tests.planted.support import SHIPPED, files_of

TIMES = 5
CHANGED = {
    "a mail": "mail/account-invitation.md",
    "a document": "pdf/audit_invoice.html",
    "a scenario": "scenarios/annual_audit.toml",
    "a form": "forms/annual_audit_result.form",
    "a diagram": "document_review.bpmn",
    "a table": "exam_fee_due.dmn",
    "package.toml": "package.toml",
}

# A word that nothing else knows: arrows come to be dead, and what lies behind them is looked at as it was meant.
WRONG = (
    ("a condition", "document_review.bpmn", b"outcome == 'passed"),
    ("an option", "forms/first_review.form", b'"value": "passed'),
    ("all conditions", "exam.bpmn", b"== '"),
)


def main() -> None:
    """Print the figures."""
    evaluator = Evaluator()
    engine, files = Engine(evaluator), dict(files_of(SHIPPED))
    print(f"whole, nothing kept           {_middle(engine, files, Memo(0)):5.0f} ms")
    memo = Memo(READING.most)
    _took(engine, files, memo)
    for name, path in CHANGED.items():
        took = [_took(engine, {**files, path: files[path] + b"\n" * (turn + 1)}, memo) for turn in range(TIMES)]
        print(f"after a change of {name:12}{statistics.median(took):5.0f} ms")
    for name, path, said in WRONG:
        turns = (files[path].replace(said, said + f"x{turn}".encode()) for turn in range(TIMES))
        took = [_took(engine, {**files, path: data}, memo) for data in turns]
        print(f"after a change of {name:12}{statistics.median(took):5.0f} ms")
    print(f"kept of what was read: {memo.weight / 1e6:.1f} MB of {memo.most / 1e6:.0f}")
    evaluator.close()


def _middle(engine: Engine, files: Mapping[str, bytes], memo: Memo) -> float:
    return statistics.median(_took(engine, files, memo) for _ in range(TIMES))


def _took(engine: Engine, files: Mapping[str, bytes], memo: Memo) -> float:
    start = time.process_time()
    with memo.used():
        checks.everything(engine, catalogue.from_files(files))
    return (time.process_time() - start) * 1000


if __name__ == "__main__":
    main()
