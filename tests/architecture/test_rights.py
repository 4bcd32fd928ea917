"""Every use case that writes asks for a right: what pages call is followed through the services, function by function.

A *write* is a transaction. Whoever opens one on behalf of a person (`actor`, `who`) must come past `Actor.require`
with a right to act, itself or in a function that it calls; a right to see does not do. What writes without a person is
written out here, with the reason.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from app.states import SEES_ALL

PROJECT = Path(__file__).parents[2]
CALLERS = ("app/web", "admin")
PERSONS = {"actor", "who", "writer", "by"}

SEES = {right.name for right in SEES_ALL}
# What writes for whoever asks, or for nobody: no right is asked for, and this is why.
FREE: dict[str, str] = {
    # By what they bring: a token of their own
    "agents.lease.beat": "a desk's agent, by the desk's token",
    "agents.lease.lease": "a desk's agent, by the desk's token",
    "agents.report.report": "a desk's agent, by the desk's token",
    "mailroom.receive.receive": "the mail server, by its token",
    "pages.feed.calendar_of": "the calendar's feed, by the token in its address",
    "cases.entering.enter": "an applicant, by the mailed link",
    "companies.invitations.accept": "who was invited, by the mailed link",
    "people.ownaddress.confirm": "the owner of the new address, by the mailed link",
    "signin.passwords.reset": "the owner of the account, by the mailed link",
    # Anybody
    "cases.applications.apply": "the public form",
    "cases.entering.resend": "the link goes to the address that it was made for, however often one asks",
    "signin.passwords.send_link": "the link goes to the account's own address",
    "signin.guessing.checked": "counts the guesses of whoever signs in",
    "signin.throttle.through": "counts what anybody may ask for so often only",
    "signin.guessing.proved": "whoever has just signed in",
    "signin.guessing.signed_in": "whoever has just signed in",
    "signin.codes.recovers": "whoever signs in, with a code that works once",
    "signin.codes.right": "whoever signs in, or shows once more that it is they",
    "signin.passkeys.asked": "whoever signs in, or shows once more that it is they",
    "signin.provider.finish": "whoever comes from the provider; who comes as another's owner is refused, on record",
    "signin.identities.tie": "whoever has just come from the provider, into their own account",
    "signin.sessions.begin": "whoever has just signed in",
    "signin.sessions.end": "whoever holds the session",
    "signin.sessions.seen": "whoever holds the session",
    "signin.sessions.prove": "whoever has just shown once more that it is they",
    "people.accounts.signed_in": "whoever has just signed in",
    "people.accounts.set_language": "the language of the pages, of whoever holds the session",
    "signin.record.proxy_seen": "a proxy that the settings do not name",
    # Reading that is on record, and days that have come
    "audit.evidence.take": "that the evidence of a case was taken is on record, and its end is signed",
    "exports.sheet.note": "what was taken out is on record; the rows were found with a right of their own",
    "papers.downloads.archive": "who fetched what is on record; the case was found with `see cases`",
    "papers.downloads.attachment": "who fetched what is on record; the case was found with `see cases`",
    "papers.downloads.document": "who fetched what is on record; the case was found with `see cases`",
    "papers.downloads.newest": "who fetched what is on record; the case was found with `see cases`",
    "papers.downloads.released_file": "who fetched what is on record; the case was found with `see cases`",
    "audit.archiving.whole": "that an archive was taken is on record; asked for with `see the trail`",
    "audit.archiving.part": "that a file of an archive was opened is on record; asked for with `see the trail`",
    "signin.sessions.signed_out": "whoever signs out ends their own session, on record",
    "base.trail.refused": "that somebody was refused is on record",
    "pages.case.page": "who looked is on record; the case was found with `see cases`",
    "pages.vendorhome.of": "who looked is on record; the case was found with `see cases`",
    "tasks.view.look": "who looked is on record; the task was found with `see cases`",
    "tasks.view.seen": "the same, once the page is made",
    "people.accounts.actor_of": "mandates begin and end with the day",
    "papers.uploads.attach": "goes where `place` let them put it, which asks for the right to answer",
    "tasks.recall.opened": "an answer that somebody reads who has the right to work; others change nothing",
}


@dataclass
class Function:
    """A function of the services: what it calls, and whether it opens a transaction or asks for a right itself."""

    module: str
    name: str
    arguments: frozenset[str]
    calls: set[str] = field(default_factory=set)
    writes: bool = False
    asks: set[str] = field(default_factory=set)  # rights, by the names of their words

    @property
    def key(self) -> str:
        return f"{self.module.removeprefix('app.services.')}.{self.name}"


def modules(folder: str) -> Iterator[tuple[str, ast.Module]]:
    for path in sorted((PROJECT / folder).rglob("*.py")):
        name = ".".join(path.relative_to(PROJECT).with_suffix("").parts).removesuffix(".__init__")
        yield name, ast.parse(path.read_text(encoding="utf-8"))


def imported(tree: ast.Module) -> dict[str, str]:
    """name here → what it is: a module of the services, or a function in one."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("app.services"):
            for alias in node.names:
                found[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return found


def called(tree: ast.AST, module: str, known: dict[str, str]) -> Iterator[str]:
    """Full names of what is named in the tree: a function that is handed on is as good as called."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in known:
            yield f"{known[node.value.id]}.{node.attr}"
        elif isinstance(node, ast.Name):
            yield known.get(node.id, f"{module}.{node.id}")


@cache
def services() -> dict[str, Function]:
    found = {}
    for module, tree in modules("app/services"):
        known = imported(tree)
        for node in tree.body:
            if not isinstance(node, ast.FunctionDef):
                continue
            names = frozenset(each.arg for each in (*node.args.args, *node.args.kwonlyargs))
            function = Function(module, node.name, names, set(called(node, module, known)))
            for each in ast.walk(node):
                if isinstance(each, ast.Call) and isinstance(each.func, ast.Attribute):
                    function.writes |= each.func.attr == "transaction"
                    if each.func.attr == "require" and _is_person(each.func.value):  # (*A if x else (Right.B,)), too
                        function.asks |= {arg.attr for arg in ast.walk(each) if isinstance(arg, ast.Attribute)} - {
                            "require"
                        }
            found[f"{module}.{node.name}"] = function
    return found


def _is_person(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in PERSONS


def reached(name: str) -> Iterator[Function]:
    """The function and all that it may call."""
    seen, front = set(), {name}
    while front:
        each = front.pop()
        if each in seen or each not in services():
            continue
        seen.add(each)
        yield services()[each]
        front |= services()[each].calls


def named_by_pages() -> dict[str, set[str]]:
    """Functions of the services that pages name, and where."""
    found: dict[str, set[str]] = {}
    for folder in CALLERS:
        for module, tree in modules(folder):
            for name in called(tree, module, imported(tree)):
                if name in services():
                    found.setdefault(name, set()).add(module)
    return found


def unasked() -> set[str]:
    """Functions that pages call, that write, and that come past no question for a right."""
    found = set()
    for name in named_by_pages():
        ways = list(reached(name))
        if any(each.writes for each in ways) and not any(each.asks - SEES for each in ways):
            found.add(services()[name].key)
    return found


def test_what_pages_call_and_what_writes_asks_for_a_right() -> None:
    assert unasked() == set(FREE)


def test_what_is_free_of_it_says_why() -> None:
    assert all(len(reason.split()) > 2 for reason in FREE.values())


def test_no_way_of_writing_goes_unseen() -> None:
    """The walk finds what is called through a name, an alias or a hand-over, and is not content with a right to see."""
    written = {each.key for name in named_by_pages() for each in reached(name) if each.writes}
    assert {"cases.talking.say", "workspaces.making._move", "people.staffing.change_account"} <= written
    say = services()["app.services.cases.talking.say"]
    assert "ACT_ON_CASES" in say.asks
    assert "SEE_CASES" in {right for each in reached("app.services.base.permit.find") for right in each.asks}
