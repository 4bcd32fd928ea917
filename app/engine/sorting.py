"""Whether a running case can go on with another version of its diagrams, and what has to be decided first.

A compacted state holds live tokens and data. What a case does next follows from how the places behave on which its
tokens rest, from the flows ahead, and from its data. So a case moves safely when each token finds its place behaving
alike (`behaviour`), when no way ahead is stuck that was none before (`soundness`), and when each expression ahead finds
its names (`ahead`). What is new beside a token and could be armed now or later is asked. Nothing here touches the case.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from app.engine import behaviour, redrawn, soundness
from app.engine.ahead import Ahead, Lacks, Names
from app.engine.case import Case
from app.engine.events import Letter
from app.engine.findings import ANEW, BY, NEXT, NOW, TO, VALUE, Decisions, Finding
from app.engine.marking import Marking, Token, markings, renamed
from app.engine.program import Program
from app.engine.soundness import Place, Stuck
from app.engine.specs import Lean, ProcessSpec, Surrounding
from app.engine.tasks import Service
from app.engine.waiting import Boundary, Catch, EventGate
from app.errors import N_, Problem

_REMEMBERED = 4096  # markings of one version
_NO_PLACE = frozenset({"gone", "came", "process", "lost", "gate"})


@dataclass(frozen=True, eq=False)
class Version:
    """A compiled version, with what its package says of the elements beside their expressions. Keep one for each."""

    program: Program
    names: Names = field(default_factory=Names)
    _played: dict[tuple[str, tuple[Place, ...]], frozenset[Stuck]] = field(default_factory=dict)

    @cached_property
    def ahead(self) -> Ahead:
        """The ways that lie ahead in the new program."""
        return Ahead(self.program, self.names)

    def stuck(self, process: str, places: tuple[Place, ...]) -> frozenset[Stuck]:
        """As `soundness.stuck`; cases stand at the same places by the hundred, and each is played once."""
        found = self._played.get((process, places))
        if found is None:
            found = soundness.stuck(self.program.specs[process], places)
            if len(self._played) >= _REMEMBERED:
                self._played.clear()
            self._played[process, places] = found
        return found


class Sorting:
    """One case beside one newer version. `findings`: all that was found and is not decided yet."""

    def __init__(self, old: Version, new: Version, case: Case, decisions: Decisions) -> None:
        self.old, self.new, self.case, self.decisions = old, new, case, decisions
        self.findings: list[Finding] = []
        self.elsewhere: dict[tuple[str, str], str] = {}  # (process, element) to the step to which its token goes
        self.anew: dict[str, tuple[str, str]] = {}  # id of a task to (process, element) to which its token comes anew
        self.came: dict[str, str] = {}  # id of a task at a join to the place from which its token counts as come
        self.kept: set[tuple[str, str, str]] = set()  # (process, place as it is called now, event) that stands by
        self.arm: list[tuple[str, str, str]] = []  # … and that is to be armed with the move
        self.drop: set[str] = set()  # ids of tasks of events that stand by no more
        self.give: dict[str, Any] = {}  # values for names
        self._judge()

    def rename(self, process: str, place: str) -> str:
        """What a place of the old version is called in the new one."""
        element, colon, rest = place.partition(":")
        return f"{self.elsewhere.get((process, element), element)}{colon}{rest}"

    def _judge(self) -> None:
        found = markings(self.case)
        if self.case.spec.name != self.new.program.entry:
            message = N_("The case began with the process “%(id)s”, and new ones begin otherwise.")
            self._say("entry", self.case.spec.name, self.case.spec.name, message)
        for marking in found:
            for each in marking.everywhere():
                self._places(each)
        for letter in self.case.letters:
            if letter.name not in _taken(self.new.program, letter):
                message = N_("The case keeps a message “%(name)s”, which nobody takes any more.")
                self._say(
                    "letter", "", letter.target.element or next(iter(letter.source), ""), message, name=letter.name
                )
        if any(each.kind in _NO_PLACE for each in self.findings):
            return  # from where would one look ahead?
        moved = [renamed(marking, self.rename, self._put) for marking in found]
        for before, after in zip(found, moved, strict=True):
            for one, other in zip(before.everywhere(), after.everywhere(), strict=True):
                self._structure(one, other)
        self._names(found, moved)

    # ---- places

    def _places(self, marking: Marking) -> None:
        process, new = self.old.program.specs[marking.process], self.new.program.specs.get(marking.process)
        if new is None:
            message = N_("The case is in the process “%(id)s”, which is no more.")
            self._say("process", marking.process, marking.process, message)
            return
        for token in marking.tokens:
            self._token(process, new, token)
            for run in token.runs:
                self._place(process, new, run, "runs")
        self._events(process, new, ":start", marking.armed, "beside")
        for name in sorted(marking.behind - {each.spec for each in marking.tokens}):
            self._behind(process, new, name)

    def _token(self, process: ProcessSpec, new: ProcessSpec, token: Token) -> None:
        if self._place(process, new, token, "gone"):
            self._came(process, new, token)
            if token.gate:
                self._events(process, new, token.spec, token.armed, "gate")
            else:
                self._events(process, new, f"{token.element or token.spec}:border", token.armed, "event")

    def _place(self, process: ProcessSpec, new: ProcessSpec, token: Token, kind: str) -> bool:
        """Whether the token has a place, by now. One that stands on a job is past it when that is done."""
        old, now = process.task_specs[token.spec], new.task_specs.get(self.rename(process.name, token.spec))
        if now is not None and behaviour.key(now) == behaviour.key(old):
            return True
        choices = tuple(redrawn.choices(process, new, token)) if kind == "gone" else ()
        message = (
            N_("The case is at “%(id)s”, which is no more.")
            if now is None
            else N_("The case is at “%(id)s”, which is something else now.")
        )
        decided = self._say("gone", process.name, token.element or token.spec, message, choices=choices,
                            later=isinstance(old, Service))  # fmt: skip
        if decided is None:
            return False
        if decided.startswith(ANEW):
            self._anew(process, token, decided)
            return False
        self.elsewhere[process.name, token.element or token.spec] = decided.removeprefix(TO)
        return True

    def _anew(self, process: ProcessSpec, token: Token, decided: str) -> None:
        """The token comes to a step as if for the first time; nothing is waited for any more where it was."""
        self.anew[token.id] = (process.name, decided.removeprefix(ANEW))
        self.drop |= {event.id for event in token.armed}

    def _came(self, process: ProcessSpec, new: ProcessSpec, token: Token) -> None:
        """A token that waits at a join has come by one of its ways, or it is decided by which."""
        ways = redrawn.ways(process, new, token, self.rename)
        if ways is None:
            return
        message = N_("A branch that waits at “%(id)s” has come there by a way that is no more.")
        choices = tuple(redrawn.ways_choices(new, ways))
        decided = self._say("came", process.name, token.element, message, name=token.came, choices=choices)
        if decided is not None and decided.startswith(ANEW):
            self._anew(process, token, decided)
        elif decided is not None:
            self.came[token.id] = decided.removeprefix(BY)

    def _put(self, process: str, token: Token) -> Token:
        """Where a token stands in the new version, by what was decided for it alone."""
        if token.came and token.id not in self.anew:
            came = self.came.get(token.id, self.rename(process, token.came))
            if came != token.came:
                self.came[token.id] = came
            return replace(token, came=came)
        if token.id not in self.anew:
            return token
        _, element = self.anew[token.id]
        spec = redrawn.entrance(self.new.program.specs[process], element)
        return replace(token, spec=spec, element=element, came="", armed=())

    def _behind(self, process: ProcessSpec, new: ProcessSpec, name: str) -> None:
        """A finished place where open branches began."""
        old, now = process.task_specs[name], new.task_specs.get(self.rename(process.name, name))
        border = name.endswith(":border")
        if border and now is None and not self._open_beside(process, name):
            return  # it held events alone, and they are dropped
        if now is None or (isinstance(old, Surrounding) and type(now) is not type(old)):
            message = N_("Branches are open that began at “%(id)s”, which is no more or is something else now.")
            element = old.element or name.partition(":")[0]
            choices = tuple(TO + each for each in redrawn.fresh(process, new, old)) if ":" not in name else ()
            decided = self._say("lost", process.name, element, message, choices=choices)
            if decided is not None:
                self.elsewhere[process.name, element] = decided.removeprefix(TO)

    def _open_beside(self, process: ProcessSpec, name: str) -> bool:
        """Whether an event on this border has begun a branch that is still open."""
        for workflow in self.case.workflows():
            for task in workflow.tasks.values():
                if workflow.spec.name == process.name and task.task_spec.name == name:
                    main = task.task_spec.main
                    if any(c.task_spec.name != main and not isinstance(c.task_spec, Boundary) for c in task.children):
                        return True
        return False

    # ---- events that stand by

    def _events(self, process: ProcessSpec, new: ProcessSpec, host: str, armed: tuple[Token, ...], kind: str) -> None:
        """`host`: the place that holds them."""
        there = self.rename(process.name, host)
        known, now = _events_at(process, host), _events_at(new, there)
        place = getattr(new.task_specs.get(there), "main", there)
        left = []
        for event in armed:
            spec = now.get(event.spec)
            if spec is None:
                self.drop.add(event.id)
                self._tell(kind, process.name, event.element, N_("“%(id)s” is no more: it is waited for no longer."))
            elif behaviour.key(spec) == behaviour.key(known[event.spec]):
                left.append(event.spec)
                self.kept.add((process.name, place, event.spec))
            else:
                self.drop.add(event.id)
                message = N_("“%(id)s” waits for something else now.")
                left += [event.spec] * self._may_wake(kind, process.name, spec, message, place)
        for name, spec in now.items():
            if name not in known:
                message = N_("“%(id)s” is new beside where the case is.")
                left += [name] * self._may_wake(kind, process.name, spec, message, place)
        if kind == "gate" and not left:
            self._say("gate", process.name, host, N_("Nothing is left of what “%(id)s” waits for."))

    def _may_wake(self, kind: str, process: str, spec: Lean, message: str, place: str) -> bool:
        """Whether it stands by, or is still to be decided."""
        decided = self._say(kind, process, spec.element, message, name=spec.name, choices=(NEXT, NOW))
        if decided == NOW:
            self.kept.add((process, place, spec.name))
            self.arm.append((process, place, spec.name))
        return bool(decided != NEXT)

    # ---- the way ahead

    def _structure(self, before: Marking, after: Marking) -> None:
        new = self.new.program.specs[after.process]
        kept = [(place, event) for process, place, event in self.kept if process == after.process]
        try:
            found = self.new.stuck(after.process, tuple(soundness.places(new, after, kept)))
            if not found:
                return
            process = self.old.program.specs[before.process]
            known = self.old.stuck(before.process, tuple(soundness.places(process, before)))
        except soundness.TooLarge:
            message = N_("Too many ways lead on from where the case is to look at all of them.")
            self._say("stuck", after.process, after.process, message)
            return
        message = N_("Branches that are open now would wait for ever at “%(id)s”.")
        for join in sorted({name for name, *_ in found - known}):
            self._say("stuck", after.process, join.partition(":")[0], message)

    def _names(self, before: list[Marking], after: list[Marking]) -> None:
        found: frozenset[Lacks] = self.new.ahead.lacking(after)
        if not found:
            return
        for element, name in sorted(found - self.old.ahead.lacking(before)):
            message = N_("“%(id)s” asks for the routing value “%(name)s”, which this case does not have.")
            decided = self._say("name", "", element, message, name=name, choices=(VALUE,))
            if decided is not None:
                self.give[name] = decided[VALUE]

    # ---- saying it

    def _say(
        self, kind: str, process: str, element: str, message: str, *, name: str = "", choices: tuple[str, ...] = (),
        later: bool = False,
    ) -> Any:  # fmt: skip
        """What was decided; None where nothing was, and then it is a finding."""
        facts = {"id": element, **({"name": name} if name else {})}
        finding = Finding(kind, process, element, Problem("", message, element, facts), name, choices, later)
        decided = finding.decided(self.decisions)
        if decided is None and finding.key not in {each.key for each in self.findings}:
            self.findings.append(finding)
        return decided

    def _tell(self, kind: str, process: str, element: str, message: str) -> None:
        problem = Problem("", message, element, {"id": element}, "warning")
        self.findings.append(Finding(kind, process, element, problem, told=True))


def _events_at(process: ProcessSpec, host: str) -> dict[str, Lean]:
    """The events that a place holds, by their name."""
    spec = process.task_specs.get(host)
    if spec is None:
        return {}
    outputs = [process.task_specs[name] for name in spec._outputs]
    if isinstance(spec, EventGate):
        return {each.name: each for each in outputs}
    return {each.name: each for each in outputs if isinstance(each, Boundary) or each.stands_by}


def _taken(program: Program, letter: Letter) -> set[str]:
    """Names of messages that something in the program may wait for; where it is for one element, that alone."""
    element = letter.target.element
    specs = (spec for process in program.specs.values() for spec in process.task_specs.values())
    return {spec.message for spec in specs if isinstance(spec, Catch) and element in ("", spec.element)}
