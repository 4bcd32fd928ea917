"""A million entries of the audit record: drawing the chain through them, verifying it, and pages of the record.

python -m tests.bench.audit_million [postgresql://…]
"""

from __future__ import annotations

import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from app.services.audit import chaining, reading, verifying
from app.services.audit.reading import Wanted
from app.services.base.actors import Actor
from app.states import Act, Ground, Side, Thing
from app.store import database, schema, trail
from app.store.models import TrailEntry

COUNT = 1_000_000
ACTS = [Act.VIEWED, Act.SENT, Act.SIGNED_IN, Act.TAKEN, Act.SETTING_CHANGED]
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


def fill() -> None:
    """A million facts of 40 people on 20,000 cases."""
    names = ("at", "act", "side", "person", "thing", "subject", "case_id", "who", "what")
    fields = [TrailEntry._meta.fields[name] for name in names]
    marks = ", ".join([database.proxy.obj.param] * len(names))
    text = f"INSERT INTO trail_entry ({', '.join(names)}) VALUES ({marks})"
    for start in range(0, COUNT, 20_000):
        with database.transaction():
            rows = (row(n) for n in range(start, start + 20_000))
            values = [[field.db_value(each[field.name]) for field in fields] for each in rows]
            database.proxy.obj.cursor().executemany(text, values)


def row(n: int) -> dict[str, object]:
    """One fact."""
    who = {"name": f"担当 {n % 40}", "address": f"192.0.2.{n % 250}", "session": n % 500, "request": f"{n:08d}"}
    what = {"label": f"2026-{n % 20000:04d}", "before": {"value": str(n)}, "after": {"value": str(n + 1)}}
    return {
        "at": BEGIN + timedelta(seconds=30 * n), "act": ACTS[n % 5], "side": "operator", "person": n % 40,
        "thing": Thing.CASE, "subject": str(n % 20000), "case_id": n % 20000, "who": trail.text_of(who, b"salt" * 4),
        "what": trail.text_of(what, b"salt" * 4),
    }  # fmt: skip


def timed(what: str, run: object) -> object:
    """Say how long it took, and how much of that this process worked."""
    begun, worked = time.monotonic(), time.process_time()
    found = run()  # type: ignore[operator]
    print(f"{what}: {time.monotonic() - begun:.2f} s, {time.process_time() - worked:.2f} s of CPU", flush=True)
    return found


def look() -> None:
    """Pages of the record as an auditor asks for them."""
    who = Actor(None, "監査", Side.OPERATOR, frozenset({"auditor"}))
    day = BEGIN.date() + timedelta(days=100)
    behind = (BEGIN + timedelta(seconds=30 * 500_000), 500_000)
    asked = {
        "newest": Wanted(), "from the middle": Wanted(behind=behind), "a day": Wanted(first=day, last=day),
        "a person": Wanted(person=7), "a kind of act": Wanted(act=Act.SETTING_CHANGED),
        "a ground": Wanted(ground=Ground.SIGN_IN), "a subject": Wanted(thing=Thing.CASE, subject="77"),
        "a person on a day": Wanted(person=7, first=day, last=day), "a text that is often there": Wanted(text="担当 7"),
        "a text on a day": Wanted(text="00288123", first=day, last=day), "a text that is nowhere": Wanted(text="無い"),
    }  # fmt: skip
    for what, wanted in asked.items():
        timed(f"page, {what}", lambda wanted=wanted: reading.page(who, wanted))


def main() -> None:
    """Fill, draw, verify."""
    with tempfile.TemporaryDirectory() as folder:
        url = sys.argv[1] if len(sys.argv) > 1 else f"sqlite:///{folder}/nintei.db"
        schema.prepare(database.connect(url))
        timed("filled", fill)
        timed("chained", chaining.draw)
        print(timed("verified", verifying.verify))
        look()
        if len(sys.argv) < 2:
            print(f"{Path(folder, 'nintei.db').stat().st_size / 1e6:.0f} MB")


if __name__ == "__main__":
    main()
