"""What stands beside the processes of a file and is referred to from within: messages, signals, errors, escalations."""

from __future__ import annotations

from app.text.xml import Xml


class References:
    """Of one file. `names`: of messages and signals by id; `codes`: of errors and escalations by id (their names, where
    they have no code)."""

    def __init__(self, root: Xml) -> None:
        self.names = {each.get("id"): each.get("name") for kind in ("message", "signal") for each in root.all(kind)}
        self.codes = {
            each.get("id"): each.get(f"{kind}Code") or each.get("name")
            for kind in ("error", "escalation")
            for each in root.all(kind)
        }

    def named(self, kind: str, node: Xml) -> str:
        """The name or code that a node refers to by `<kind>Ref`; "" where it is not there."""
        reference = node.get(f"{kind}Ref")
        return (self.codes if kind in ("error", "escalation") else self.names).get(reference, "")
