"""The audit record is only added to: triggers refuse whatever else, on both kinds of database.

They keep mistakes of programs and of people with a database client from going unnoticed; who takes the triggers away
first is found out by the chain. Two doors are left, both for what is itself on record: the details of an entry may give
way to their digest, and what lies behind the horizon may go.
"""

from __future__ import annotations

from app.store.database import is_postgres, proxy

SAID = "the audit record is only added to"
_KEPT = ("id", "at", "act", "side", "person", "behalf", "thing", "subject", "case_id")
_HORIZON = "(SELECT COALESCE(MAX(seq), 0) FROM trail_horizon)"
_BEHIND = f"EXISTS (SELECT 1 FROM trail_link l WHERE l.entry = OLD.id AND l.seq <= {_HORIZON})"  # noqa: S608 - our own names
_LINKED = "EXISTS (SELECT 1 FROM trail_link l WHERE l.entry = OLD.entry)"


def install() -> None:
    """Create the triggers where they are missing. Inside a transaction."""
    for statement in _postgres() if is_postgres() else _sqlite():
        proxy.obj.execute_sql(statement)


def _rules() -> dict[str, tuple[str, str, str]]:
    """Trigger → (event, table, condition under which it refuses)."""
    differs = "IS DISTINCT FROM" if is_postgres() else "IS NOT"
    changed = [f"NEW.{name} {differs} OLD.{name}" for name in _KEPT]
    changed += [
        f"(NEW.{name} {differs} OLD.{name} AND substr(NEW.{name}, 1, 7) <> 'erased:')" for name in ("who", "what")
    ]
    found = {
        "trail_entry_stands": ("UPDATE", "trail_entry", " OR ".join(changed)),
        "trail_entry_stays": ("DELETE", "trail_entry", f"NOT {_BEHIND}"),
        "trail_pending_stays": ("DELETE", "trail_pending", f"NOT {_LINKED}"),
        "trail_link_stays": ("DELETE", "trail_link", f"OLD.seq > {_HORIZON}"),
    }
    for table in ("trail_link", "trail_head", "trail_horizon"):
        found[f"{table}_stands"] = ("UPDATE", table, "1 = 1")
    for table in ("trail_head", "trail_horizon"):
        found[f"{table}_stays"] = ("DELETE", table, "1 = 1")
    return found


def _sqlite() -> list[str]:
    return [
        (
            "CREATE TRIGGER IF NOT EXISTS trail_entry_waits AFTER INSERT ON trail_entry "
            "BEGIN INSERT INTO trail_pending (entry) VALUES (NEW.id); END"
        ),
        *(
            f"CREATE TRIGGER IF NOT EXISTS {name} BEFORE {event} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{SAID}') WHERE {refused}; END"
            for name, (event, table, refused) in _rules().items()
        ),
    ]


def _postgres() -> list[str]:
    found = [_function("trail_waits", "INSERT INTO trail_pending (entry) VALUES (NEW.id); RETURN NULL;")]
    found.append(_trigger("trail_entry_waits", "AFTER INSERT", "trail_entry", "trail_waits"))
    for name, (event, table, refused) in _rules().items():
        row = "OLD" if event == "DELETE" else "NEW"
        found.append(_function(name, f"IF {refused} THEN RAISE EXCEPTION '{SAID}'; END IF; RETURN {row};"))
        found.append(_trigger(name, f"BEFORE {event}", table, name))
    found.append(_function("trail_whole", f"RAISE EXCEPTION '{SAID}';"))
    tables = ("trail_entry", "trail_link", "trail_head", "trail_horizon")
    return [
        *found,
        *(_trigger(f"{each}_whole", "BEFORE TRUNCATE", each, "trail_whole", "STATEMENT") for each in tables),
    ]


def _function(name: str, body: str) -> str:
    return f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$"


def _trigger(name: str, when: str, table: str, function: str, each: str = "ROW") -> str:
    return f"CREATE OR REPLACE TRIGGER {name} {when} ON {table} FOR EACH {each} EXECUTE FUNCTION {function}()"
