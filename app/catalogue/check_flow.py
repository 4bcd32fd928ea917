"""Where tokens of a process get stuck, run twice, or never come to an end."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from app.catalogue.complaints import Complaints, quoted
from app.catalogue.drawn import Element
from app.catalogue.following import Following
from app.catalogue.game import JOINS, Game, Played
from app.catalogue.graph import called, inside
from app.catalogue.model import Package
from app.catalogue.words import Listed
from app.errors import N_, Named

_WORKS = frozenset(
    {
        "userTask", "serviceTask", "sendTask", "receiveTask", "scriptTask", "businessRuleTask", "callActivity",
        "subProcess",
    }
)  # fmt: skip

Moves = set[tuple[tuple[str, ...], tuple[str, ...]]]


class FlowChecks:
    """Over every process and embedded subprocess that a case can come to."""

    def __init__(self, package: Package, complaints: Complaints, following: Following) -> None:
        self.package = package
        self.complaints = complaints
        self.following = following

    def run(self) -> None:
        elements = self.package.elements.values()
        torn = {  # arrows that lead nowhere are told by themselves
            flow.inside
            for flow in self.package.flows
            if flow.source not in self.package.elements or flow.target not in self.package.elements
        }
        containers = [*self.package.processes, *(each.id for each in elements if each.kind == "subProcess")]
        for container in containers:
            if not self.following.starts.get(container) or container in torn:
                continue
            self._ends(container)
            played = Game(self.following, container).play()
            twice = self._twice(container, played)  # what doubles in a loop has no end of states
            if played.large and not twice:
                self._large(container)
            elif not played.large:
                self._stuck(played)
        for element in elements:
            if element.operator == "wait_for":
                self._waits_for(element)

    def _large(self, container: str) -> None:
        file = next(each.file for each in self.package.elements.values() if inside(each) == container)
        message = N_(
            "The process is too large to be followed: whether it gets stuck or runs twice somewhere is not known."
        )
        self.complaints.warn(file, container, message)

    # ---- stuck

    def _stuck(self, played: Played) -> None:
        for join, missing in played.stuck.items():
            element = self.package.elements[join]
            before = Listed(tuple(self._named(flow.source) for flow in self.following.into[join] if flow.id in missing))
            if join not in played.passed:
                self.complaints.say(
                    element.file, join, N_("Here every case waits for ever: nothing comes from %(missing)s when "
                                           "something "
                    "has come by another arrow. Join by an exclusive gateway what an exclusive gateway has parted."),
                    missing=before,
                )  # fmt: skip
            else:
                self.complaints.warn(
                    element.file, join, N_("Here a case can wait for ever: there are ways on which nothing comes from "
                    "%(missing)s. A parallel gateway goes on only when something has come by every arrow."),
                    missing=before,
                )  # fmt: skip

    def _named(self, name: str) -> Named:
        element = self.package.elements[name]
        return (
            self.package.elements[element.attached_to].named
            if element.attached_to and not element.name
            else element.named
        )

    # ---- twice

    def _twice(self, container: str, played: Played) -> bool:
        """Whether an element that is no parallel gateway is reached by two arrows on which tokens can be at the same
        time; says so."""
        moves = played.moves | self._held_up(container, played)
        doubled = self._doubled(container, moves, frozenset())
        # Behind such a place all is done twice, in a loop the way back to it, too: the place itself is told.
        first = [name for name in doubled if name in self._doubled(container, moves, frozenset(doubled) - {name})]
        for name in first or doubled:
            element = self.package.elements[name]
            self.complaints.warn(
                element.file, name, N_("Branches that run beside each other meet here: what follows is done once "
                                       "for each "
                "of them. Join them by a parallel gateway first."),
            )  # fmt: skip
        return bool(doubled)

    def _doubled(self, container: str, moves: Moves, joining: frozenset[str]) -> list[str]:
        """Elements with work behind them that two tokens can come to by two arrows. `joining`: those that are taken for
        joins, so that nothing is done twice behind them.
        """
        beside = _beside(moves, self.following, joining)
        found = []
        for element in self.package.elements.values():
            into = [flow.id for flow in self.following.into[element.id]]
            if inside(element) != container or element.kind in (*JOINS, "endEvent") or len(into) < 2:
                continue
            if any(other in beside[flow] for flow in into for other in into if other != flow) and (
                element.kind in _WORKS or self._works_ahead(element)
            ):
                found.append(element.id)
        return found

    def _held_up(self, container: str, played: Played) -> Moves:
        """Moves of elements that a case comes to and at which no token moved in the game: a loop without end before
        them held it up.
        """
        moved = {name for needs, _ in played.moves for name in needs}
        return {
            ((element.id,), (flow.id,))
            for element in self.package.elements.values()
            if inside(element) == container and element.id in self.following.entry and element.id not in moved
            and element.kind not in JOINS
            for flow in self.following.out[element.id]
            if flow.id in self.following.on
        }  # fmt: skip

    def _works_ahead(self, element: Element) -> bool:
        seen, todo = {element.id}, [element.id]
        while todo:
            for flow in self.following.out[todo.pop()]:
                target = self.package.elements[flow.target]
                if target.kind in _WORKS:
                    return True
                joins = target.kind in JOINS and len(self.following.into[target.id]) > 1
                if target.id not in seen and not joins:
                    seen.add(target.id)
                    todo.append(target.id)
        return False

    # ---- no end

    def _ends(self, container: str) -> None:
        """Elements from which no way leads to an end, though somebody is waited for on the way."""
        elements = [each for each in self.package.elements.values() if inside(each) == container]
        after: dict[str, set[str]] = {each.id: self._after(each) for each in elements}
        ending = _leading({each.id for each in elements if each.kind == "endEvent"}, after)
        waiting = _leading(
            {each.id for each in elements if each.waits or each.kind == "userTask" or each.operator or called(each)},
            after,
        )
        lost = [
            each
            for each in elements
            if each.id in self.following.entry and each.id not in ending and each.id in waiting and after[each.id]
        ]
        names = {each.id for each in lost}
        for element in lost:
            before = {other for other, targets in after.items() if element.id in targets}
            if before <= names and element.kind != "startEvent":
                continue  # told where the way turns off, not at each step of it
            self.complaints.warn(
                element.file, element.id, N_("From here on no way leads to an end: a case never comes to one.")
            )

    def _after(self, element: Element) -> set[str]:
        found = {flow.target for flow in self.following.out[element.id]}
        return found | {border.id for border in self.following.borders[element.id]}

    # ---- waiting for what comes later

    def _waits_for(self, element: Element) -> None:
        """The step that it waits for must be able to happen without it."""
        for name in quoted(element.parameters.get("element", "")) or ():
            target = self.package.elements.get(name)
            if target is None or inside(target) != inside(element) or target.id == element.id:
                if target is not None and target.id == element.id:
                    self._waits_for_ever(element, target)
                continue
            if target.id not in self._reached_without(element):
                self._waits_for_ever(element, target)

    def _waits_for_ever(self, element: Element, target: Element) -> None:
        self.complaints.say(
            element.file, element.id, N_("It waits for %(name)s, which comes only after it: it waits for ever."),
            "parameter:element", name=target.named,
        )  # fmt: skip

    def _reached_without(self, element: Element) -> set[str]:
        seen: set[str] = set()
        todo = [name for name in self.following.starts[inside(element)] if name != element.id]
        while todo:
            here = todo.pop()
            if here in seen or here == element.id:
                continue
            seen.add(here)
            todo.extend(self._after(self.package.elements[here]))
        return seen


def _beside(moves: Moves, following: Following, joining: frozenset[str]) -> dict[str, set[str]]:
    """To each arrow those on which a token can be at the same time (Kovalyov's relation, over moves that were made).

    Two arrows that one move takes are beside each other; what is beside all that a move needs is beside what it takes.
    """
    steps = [(tuple(_arrows(needs, following, joining)), taken) for needs, taken in moves]
    found: dict[str, set[str]] = defaultdict(set)
    for _, taken in steps:
        for one in taken:
            found[one].update(other for other in taken if other != one)
    changed = True
    while changed:
        changed = False
        for needs, taken in steps:
            for common in needs:
                beside = set.intersection(*(found[arrow] for arrow in common)) if common else set()
                for one in taken:
                    new = beside - found[one] - set(common)
                    if new:
                        changed = True
                        found[one] |= new
                        for other in new:
                            found[other].add(one)
    return found


def _arrows(needs: tuple[str, ...], following: Following, joining: frozenset[str]) -> Iterable[tuple[str, ...]]:
    """A move needs all arrows of a join, or any one that leads to its element."""
    if needs and needs[0] in joining:
        return [tuple(flow.id for flow in following.into[needs[0]])]
    if needs and needs[0] in following.package.elements:
        return [(flow.id,) for flow in following.into[needs[0]]]
    return [needs]


def _leading(goals: set[str], after: dict[str, set[str]]) -> set[str]:
    """All from which a way leads to one of the goals."""
    before: dict[str, set[str]] = defaultdict(set)
    for name, targets in after.items():
        for target in targets:
            before[target].add(name)
    seen, todo = set(goals), list(goals)
    while todo:
        for name in before[todo.pop()]:
            if name not in seen:
                seen.add(name)
                todo.append(name)
    return seen
