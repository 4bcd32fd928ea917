"""Random diagrams that are well formed by construction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from random import Random
from typing import Any

from tests.engine.drawing import Drawing, again, each, properties

Block = tuple[Any, ...]


PLAIN = (
    *("user", "user", "user", "user", "user", "user", "service", "service", "service", "service"),
    *("script", "timer", "receive", "rule", "send", "ring", "hear", "up", "link"),
)
# What is parallel comes oftener: that is where things go wrong.
MADE_OF_OTHERS = (
    "both",
    "both",
    "both",
    "both",
    "border",
    "border",
    "each",
    "each",
    "some",
    "some",
    "first",
    "side",
    "chain",
    "either",
    "return",
    "sub",
    "call",
    "again",
    "raise",
    "heed",
    "heed",
    "beside",
    "beside",
    "pool",
    "hands",
)


def block(chance: Random, depth: int) -> Block:
    """A piece of a diagram with one way in and one way out."""
    if depth == 0 or chance.random() < 0.3:
        kind = chance.choice(PLAIN)
        return (
            (kind, chance.randrange(49))
            if kind == "timer"
            else (kind, chance.randrange(3))
            if kind == "script"
            else (kind,)
        )
    return made_of_others(chance, depth)


def made_of_others(chance: Random, depth: int) -> Block:
    """A piece that holds other pieces."""
    kind = chance.choice(MADE_OF_OTHERS)
    parts = [block(chance, depth - 1) for _ in range(chance.choice((2, 2, 3)))]
    match kind:
        case "both" | "chain" | "either" | "some" | "first" | "side":
            return (kind, *parts)
        case "raise" | "pool":
            return (kind, parts[0], parts[1])
        case "heed":
            return (kind, chance.choice(("signal", "escalation")), chance.random() < 0.5, parts[0], parts[1])
        case "beside":
            trigger = chance.choice(("message", "message", "timer", "signal", "escalation"))
            return (kind, trigger, chance.random() < 0.4, parts[0], parts[1])
        case "border":
            return (kind, chance.random() < 0.5, chance.random() < 0.5, parts[0], parts[1])
        case "each":
            return (kind, chance.random() < 0.5, chance.randrange(4), chance.random() < 0.3, parts[0])
        case "again":
            return (kind, chance.randrange(1, 4), parts[0])
        case _:
            return (kind, parts[0])


@dataclass
class Sheet:
    """Draws blocks; every element gets a name of its own."""

    drawings: list[Drawing] = field(default_factory=list)
    count: int = 0

    def name(self, kind: str) -> str:
        self.count += 1
        return f"{kind}{self.count}"

    def process(self, block: Block, name: str, terminates: bool = False) -> Drawing:
        drawing = Drawing(name).start(f"{name}_s").end(f"{name}_e", terminates)
        first, last = self.draw(drawing, block)
        return drawing.path(f"{name}_s", first).path(last, f"{name}_e")

    def draw(self, on: Drawing, block: Block, inside: str = "") -> tuple[str, str]:
        kind, *parts = block
        make: Callable[..., tuple[str, str]] = getattr(self, f"draw_{kind}")
        return make(on, *parts, **({"inside": inside} if inside else {}))

    def draw_user(self, on: Drawing, inside: str = "") -> tuple[str, str]:
        name = self.name("user")
        on.user(name, inside)
        return name, name

    def draw_service(self, on: Drawing, inside: str = "") -> tuple[str, str]:
        name = self.name("service")
        on.service(name, "op", f"res{self.count}", inside, about=f"[x, '{name}']")
        return name, name

    def draw_script(self, on: Drawing, value: int, inside: str = "") -> tuple[str, str]:
        name = self.name("script")
        on.script(name, f"seen = seen + ['{name}']\nif x == {value}:\n    y{self.count} = deep", inside)
        return name, name

    def draw_timer(self, on: Drawing, hours: int) -> tuple[str, str]:
        name = self.name("timer")
        on.timer(name, "timeDuration", f"'PT{hours}H'")
        return name, name

    def draw_receive(self, on: Drawing) -> tuple[str, str]:
        name = self.name("receive")
        on.receive(name, f"msg{self.count % 3}")
        return name, name

    def draw_send(self, on: Drawing) -> tuple[str, str]:
        name = self.name("send")
        on.throw(name, "message", f"msg{self.count % 3}", carries="x, seen")
        return name, name

    def draw_ring(self, on: Drawing) -> tuple[str, str]:
        name = self.name("ring")
        on.throw(name, "signal", f"sig{self.count % 2}", carries="x")
        return name, name

    def draw_hear(self, on: Drawing) -> tuple[str, str]:
        name = self.name("hear")
        on.catch_signal(name, f"sig{self.count % 2}")
        return name, name

    def draw_up(self, on: Drawing) -> tuple[str, str]:
        name = self.name("up")
        on.throw(name, "escalation", f"esc{self.count % 2}", carries="seen")
        return name, name

    def draw_link(self, on: Drawing) -> tuple[str, str]:
        name = self.name("link")
        on.link("throw", name, name).link("catch", f"{name}_on", name)
        return name, f"{name}_on"

    def draw_rule(self, on: Drawing) -> tuple[str, str]:
        name = self.name("rule")
        on.rule(name, "table")
        return name, name

    def draw_chain(self, on: Drawing, *parts: Block) -> tuple[str, str]:
        ends = [self.draw(on, part) for part in parts]
        for (_, last), (first, _) in pairwise(ends):
            on.path(last, first)
        return ends[0][0], ends[-1][1]

    def draw_either(self, on: Drawing, *parts: Block) -> tuple[str, str]:
        split, join = self.name("split"), self.name("join")
        on.xor(split, f"{split}_default").xor(join)
        for place, part in enumerate(parts):
            first, last = self.draw(on, part)
            if place:
                on.flow(split, first, f"x == {place}")
            else:
                on.flow(split, first, name=f"{split}_default")
            on.path(last, join)
        return split, join

    def draw_both(self, on: Drawing, *parts: Block) -> tuple[str, str]:
        fork, join = self.name("fork"), self.name("join")
        on.both(fork).both(join)
        for part in parts:
            first, last = self.draw(on, part)
            on.path(fork, first).path(last, join)
        return fork, join

    def draw_some(self, on: Drawing, *parts: Block) -> tuple[str, str]:
        """An inclusive pair: some of the branches, the first when none applies."""
        split, join = self.name("some"), self.name("join")
        on.inclusive(split, f"{split}_default").inclusive(join)
        for place, part in enumerate(parts):
            first, last = self.draw(on, part)
            if place:
                on.flow(split, first, f"x >= {place}")
            else:
                on.flow(split, first, name=f"{split}_default")
            on.path(last, join)
        return split, join

    def draw_first(self, on: Drawing, *parts: Block) -> tuple[str, str]:
        """Whichever comes first, a message or an hour."""
        gate, join = self.name("gate"), self.name("join")
        on.first_event(gate).xor(join)
        for place, part in enumerate(parts):
            event = self.name("event")
            if place:
                on.catch(event, f"msg{self.count % 3}")
            else:
                on.timer(event, "timeDuration", f"'PT{self.count % 30}H'")
            first, last = self.draw(on, part)
            on.path(gate, event, first).path(last, join)
        return gate, join

    def draw_side(self, on: Drawing, *parts: Block) -> tuple[str, str]:
        """Flows side by side out of a task, each by its condition, met by an inclusive gateway."""
        task, join = self.name("side"), self.name("join")
        on.user(task, default=f"{task}_default").inclusive(join)
        for place, part in enumerate(parts):
            first, last = self.draw(on, part)
            if place:
                on.flow(task, first, f"x == {place}")
            else:
                on.flow(task, first, name=f"{task}_default")
            on.path(last, join)
        return task, join

    def draw_return(self, on: Drawing, part: Block) -> tuple[str, str]:
        """Back to its beginning until x is 0; a person is asked each time, so that it cannot spin."""
        merge, asked, split, out = (self.name(kind) for kind in ("merge", "asked", "split", "out"))
        on.xor(merge).user(asked).xor(split, f"{split}_default").xor(out)
        first, last = self.draw(on, part)
        on.path(merge, first).path(last, asked, split)
        on.flow(split, merge, "x > 0").flow(split, out, name=f"{split}_default")
        return merge, out

    def draw_sub(self, on: Drawing, part: Block, inside: str = "") -> tuple[str, str]:
        name = self.name("sub")
        on.sub(self.process(part, name), inside)
        return name, name

    def draw_call(self, on: Drawing, part: Block, inside: str = "") -> tuple[str, str]:
        name = self.name("call")
        self.drawings.append(self.process(part, f"{name}_process"))
        on.call(name, f"{name}_process", inside)
        return name, name

    def draw_hands(self, on: Drawing, part: Block) -> tuple[str, str]:
        """A call that hands back two names alone."""
        return self.draw_call(on, part, properties(returns="x, seen"))

    def draw_raise(self, on: Drawing, part: Block, then: Block) -> tuple[str, str]:
        """A subprocess that ends with an error when x is 1."""
        name = self.name("sub")
        inner = Drawing(name).start(f"{name}_s").end(f"{name}_e").xor(f"{name}_x", f"{name}_fine")
        inner.end_with(f"{name}_bad", "error", "bad", carries="x")
        first, last = self.draw(inner, part)
        inner.path(f"{name}_s", first).path(last, f"{name}_x").flow(f"{name}_x", f"{name}_bad", "x == 1")
        on.sub(inner.flow(f"{name}_x", f"{name}_e", name=f"{name}_fine"))
        event, join = self.name("event"), self.name("join")
        on.on("error", event, name, "bad").xor(join)
        first, last = self.draw(on, then)
        on.path(event, first).path(name, join).path(last, join)
        return name, join

    def draw_heed(self, on: Drawing, kind: str, interrupting: bool, part: Block, then: Block) -> tuple[str, str]:
        """A signal or an escalation on a border."""
        host, _ = self.draw_sub(on, part)
        event, join = self.name("event"), self.name("join")
        on.on(kind, event, host, f"{kind[:3]}{self.count % 2}", interrupting)
        first, last = self.draw(on, then)
        on.path(event, first)
        if interrupting:
            on.xor(join).path(host, join).path(last, join)
            return host, join
        end = self.name("end")
        on.end(end).path(last, end)
        return host, host

    def draw_beside(self, on: Drawing, kind: str, interrupting: bool, part: Block, then: Block) -> tuple[str, str]:
        """A subprocess in which an event subprocess stands by."""
        name, beside = self.name("sub"), self.name("beside")
        of = {"message": "msg", "signal": "sig", "escalation": "esc"}
        called = f"'PT{self.count % 30}H'" if kind == "timer" else f"{of[kind]}{self.count % 2}"
        handler = Drawing(beside).start_on(kind, called, f"{beside}_s", interrupting).end(f"{beside}_e")
        first, last = self.draw(handler, then)
        handler.path(f"{beside}_s", first).path(last, f"{beside}_e")
        on.sub(self.process(part, name).beside(handler))
        return name, name

    def draw_pool(self, on: Drawing, part: Block, then: Block) -> tuple[str, str]:
        """A message that begins a process beside, and what goes on here meanwhile."""
        name = self.name("pool")
        pool = Drawing(name).start_on("message", f"begin_{name}", f"{name}_s").end_with(f"{name}_e", "message", "msg0")
        first, last = self.draw(pool, part)
        self.drawings.append(pool.script(f"{name}_set", "x = 0\nseen = []\ndeep = {'a': {'b': [1]}}").path(
            f"{name}_s", f"{name}_set", first).path(last, f"{name}_e"))  # fmt: skip
        on.send(f"{name}_call", f"begin_{name}", carries="x")
        first, last = self.draw(on, then)
        on.path(f"{name}_call", first)
        return f"{name}_call", last

    def draw_each(self, on: Drawing, sequential: bool, count: int, output: bool, part: Block) -> tuple[str, str]:
        kept = {"output": f"out{self.count}", "output_item": "x"} if output else {}
        repeated = each(item=f"item{self.count}", count=str(count), sequential=sequential, **kept)
        return self.repeated(on, part, repeated)

    def draw_again(self, on: Drawing, maximum: int, part: Block) -> tuple[str, str]:
        return self.repeated(on, part, again(while_="x > 0", maximum=str(maximum)))

    def repeated(self, on: Drawing, part: Block, inside: str) -> tuple[str, str]:
        if part[0] in ("user", "service", "script", "sub", "call"):
            return self.draw(on, part, inside)
        return self.draw_sub(on, part, inside)

    def draw_border(self, on: Drawing, message: bool, interrupting: bool, part: Block, then: Block) -> tuple[str, str]:
        host, _ = self.draw_sub(on, part)
        event, join = self.name("event"), self.name("join")
        if message:
            on.on_message(event, host, f"msg{self.count % 3}", interrupting)
        else:
            on.on_timer(event, host, "timeDuration", "'PT12H'", interrupting)
        first, last = self.draw(on, then)
        on.path(event, first)
        if interrupting:  # one token goes on, whichever way
            on.xor(join).path(host, join).path(last, join)
            return host, join
        end = self.name("end")
        on.end(end).path(last, end)
        return host, host


def diagram(seed: int) -> list[Drawing]:
    """A whole diagram for each number; the first drawing is the entry."""
    chance, sheet = Random(seed), Sheet()
    parts = [made_of_others(chance, chance.choice((1, 2, 3))) for _ in range(chance.choice((1, 2)))]
    top = sheet.process(("chain", *parts), "top", terminates=chance.random() < 0.3)
    return [top, *sheet.drawings]
