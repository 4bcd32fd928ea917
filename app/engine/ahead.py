"""Names that the way ahead may read and that have no value on it: a forward pass from each token of a case.

What a name *may be* on any way from the start is followed by `app.catalogue.following`, for analysts. Here is asked
whether a name is *there*, from where a case stands. What elements bring (a form's routes, a table's outputs, what comes
with an event) is the package's to say and is handed in (`Names`); scripts, conditions, times and parameters are read
here. On a way by several branches at once what one of them sets is set; where ways meet, only what all of them set.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from app.engine import codenames
from app.engine.codenames import Known, Operation
from app.engine.gateways import Choice, End, Parallel, Split
from app.engine.loops import Loop, MultiInstance, Repeating
from app.engine.marking import Marking, Token
from app.engine.program import Program
from app.engine.specs import Lean, ProcessSpec
from app.engine.tasks import Activity, Script, Service
from app.engine.waiting import Catch

MAX_VISITS = 400  # of one place, on the average
Lacks = tuple[str, str]  # (element, name)


@dataclass(frozen=True, slots=True)
class Names:
    """What is known of elements beside their expressions: the names that each sets when it is done, and those that it
    needs for its table."""

    sets: Mapping[str, frozenset[str]] = field(default_factory=dict)
    needs: Mapping[str, frozenset[str]] = field(default_factory=dict)


class Ahead:
    """The way ahead in one program."""

    def __init__(self, program: Program, names: Names) -> None:
        self.program = program
        self.names = names
        self.called: dict[tuple[str, Known], tuple[Known, frozenset[Lacks]]] = {}

    def lacking(self, markings: Iterable[Marking]) -> frozenset[Lacks]:
        """What is read and not there, by the element that reads it."""
        found: set[Lacks] = set()
        for marking in markings:
            found |= self.of(marking)[1]
        return frozenset(found)

    def of(self, marking: Marking) -> tuple[Known, frozenset[Lacks]]:
        """(names at the end of this process, what is lacking until then)."""
        lacks: set[Lacks] = set()
        process = self.program.specs[marking.process]
        sources: list[tuple[str, Lean, Known]] = []
        events = list(marking.armed)
        for token in marking.tokens:
            spec = process.task_specs[token.spec]
            if token.came and isinstance(spec, Split | Parallel):
                sources.append((token.came + "\n" + token.id, spec, token.names))
                continue
            events += token.armed
            if not token.gate:
                sources.append(("", *self.left(spec, token, lacks)))
        there = [(process.task_specs[event.spec], event) for event in events if event.spec in process.task_specs]
        sources.extend(("", *self.left(spec, event, lacks)) for spec, event in there)
        ends, more = _Pass(self, process, (marking.process,)).run(sources)
        return ends, frozenset(lacks) | more

    def left(self, spec: Lean, token: Token, lacks: set[Lacks]) -> tuple[Lean, Known]:
        """What is known when a token that rests here has left."""
        known = token.names
        for run in token.runs:
            self.left(self.program.specs[spec._wf_spec.name].task_specs[run.spec], run, lacks)
        if isinstance(spec, Repeating):
            known = self.repeated(spec, known, lacks, (spec._wf_spec.name,))
        if token.inside is not None and isinstance(spec, Activity):
            ends, more = self.of(token.inside)
            lacks |= more
            known = _returned(spec, known, ends)
        return spec, _apply(spec, self.leaving(spec), known, lacks)

    def passed(self, spec: Lean, known: Known, lacks: set[Lacks], stack: tuple[str, ...]) -> Known:
        """What is known when a token has come and gone."""
        known = _apply(spec, self.arriving(spec), known, lacks)
        if isinstance(spec, Repeating):
            known = self.repeated(spec, known, lacks, stack)
        if isinstance(spec, Activity):
            known = _returned(spec, known, self.inside(spec.called, known, lacks, stack))
        return _apply(spec, self.leaving(spec), known, lacks)

    def repeated(self, spec: Repeating, known: Known, lacks: set[Lacks], stack: tuple[str, ...]) -> Known:
        what = spec.repetition
        instance = spec._wf_spec.task_specs[spec.instance]
        after = self.passed(instance, known | ({what.item} if what.item else set()), lacks, stack)
        seen = after | ({what.output} if what.output else set())
        _apply(spec, [(codenames.read(what.condition), frozenset())], seen, lacks)
        if what.output:
            if what.output_item not in after:
                lacks.add((spec.element, what.output_item))
            return known | {what.output}
        return after if isinstance(spec, Loop) and not what.test_before else known

    def inside(self, process: str, known: Known, lacks: set[Lacks], stack: tuple[str, ...]) -> Known:
        """The names at the end of a called process that begins with these."""
        if process in stack:
            return known
        if (process, known) not in self.called:
            spec = self.program.specs[process]
            self.called[process, known] = _Pass(self, spec, (*stack, process)).run([("", spec.start, known)])
        ends, more = self.called[process, known]
        lacks |= more
        return ends

    def arriving(self, spec: Lean) -> Iterator[Operation]:
        """What happens when a token comes."""
        yield codenames.script(spec.pre_script)
        if isinstance(spec, Catch) and spec.timing is not None:
            yield codenames.read(spec.timing.expression), frozenset()
        if isinstance(spec, Service):
            yield from ((codenames.read(code), frozenset()) for code in spec.parameters.values())
        if isinstance(spec, MultiInstance):
            yield codenames.read(spec.repetition.cardinality) | codenames.named(spec.repetition.collection), frozenset()
        if isinstance(spec, Choice | Split):
            yield from ((codenames.read(condition), frozenset()) for _, condition in spec.ways)
        if isinstance(spec, Script):
            yield codenames.script(spec.script)
        yield self.names.needs.get(spec.element, frozenset()), frozenset()

    def leaving(self, spec: Lean) -> Iterator[Operation]:
        """What happens when a token goes on."""
        sets = self.names.sets.get(spec.element, frozenset())
        if isinstance(spec, Service):
            sets |= codenames.named(spec.result)
        if not isinstance(spec, Repeating):  # its runs do, each by itself
            yield frozenset(), sets
        yield codenames.script(spec.post_script)


class _Pass:
    """One pass over one process until nothing changes."""

    def __init__(self, ahead: Ahead, process: ProcessSpec, stack: tuple[str, ...]) -> None:
        self.ahead = ahead
        self.process = process
        self.stack = stack
        self.on: dict[str, dict[str, Known]] = defaultdict(dict)  # to a place: from where, with which names
        self.pending: deque[str] = deque()

    def run(self, sources: list[tuple[str, Lean, Known]]) -> tuple[Known, frozenset[Lacks]]:
        """`sources`: (by which way, join, names) of a token at a join, ("", place, names) of one that leaves."""
        for place, (came, spec, known) in enumerate(sources):
            if came:
                self.put(came, spec.name, known)
            else:
                self.emit(f"\n{place}", spec, known)
        visits = 0
        while self.pending:
            visits += 1
            if visits > MAX_VISITS * max(1, len(self.process.task_specs)):
                break
            spec = self.process.task_specs[self.pending.popleft()]
            self.emit(spec.name, spec, self.ahead.passed(spec, self.known(spec), set(), self.stack))
        lacks: set[Lacks] = set()
        for name in list(self.on):
            spec = self.process.task_specs[name]
            self.ahead.passed(spec, self.known(spec), lacks, self.stack)
        began = frozenset.intersection(*(known for _, _, known in sources)) if sources else frozenset()
        end = self.process.end
        return (self.known(end) if end is not None and self.on[end.name] else began), frozenset(lacks)

    def known(self, spec: Lean) -> Known:
        """The names at a place: at a parallel join what any branch brings, else what all ways do."""
        brought = list(self.on[spec.name].values())
        return frozenset().union(*brought) if isinstance(spec, Parallel) else frozenset.intersection(*brought)

    def emit(self, source: str, spec: Lean, known: Known) -> None:
        for target in _targets(self.process, spec):
            self.put(source, target, known)

    def put(self, source: str, target: str, known: Known) -> None:
        if self.on[target].get(source) != known:
            self.on[target][source] = known
            if target not in self.pending:
                self.pending.append(target)


def _targets(process: ProcessSpec, spec: Lean) -> list[str]:
    if isinstance(spec, End) and spec.terminates and process.end is not None:
        return [process.end.name]
    return list(spec._outputs)


def _returned(spec: Activity, known: Known, ends: Known) -> Known:
    return known | ends if spec.returns is None else known | ends.intersection(spec.returns)


def _apply(spec: Lean, operations: Iterable[Operation], known: Known, lacks: set[Lacks]) -> Known:
    for reads, sets in operations:
        element = spec.element or getattr(spec, "drawn", "")
        lacks.update((element, name) for name in reads - known)
        known |= sets
    return known
