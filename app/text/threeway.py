"""Three ways of one thing: what two people made of the same text, put together.

What only one of them changed is theirs to say; what both changed in the same way is said once; what they changed
otherwise is a clash, which a person settles.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

MINE, THEIRS = "mine", "theirs"


@dataclass(frozen=True, slots=True)
class Conflict:
    """Both changed the same. `key`: which one, the same each time; `place`: where, for people; then the three texts,
    none where there is nothing (any more)."""

    key: str
    place: str
    base: str | None
    mine: str | None
    theirs: str | None


@dataclass
class Choices:
    """What was decided of clashes (by their key: mine, theirs), and the clashes that were met and not decided. The
    choice for "*" holds for all that have none of their own."""

    made: Mapping[str, str] = field(default_factory=dict)
    open: list[Conflict] = field(default_factory=list)

    def mine(self, clash: Conflict) -> bool:
        """Whether mine is taken; so it is, for the time being, where nobody has decided."""
        made = self.made.get(clash.key, self.made.get("*"))
        if made not in (MINE, THEIRS):
            self.open.append(clash)
        return made != THEIRS


def lines(base: str, mine: str, theirs: str, choices: Choices) -> str:
    """The text of both, by lines."""
    b, m, t = (text.splitlines(keepends=True) for text in (base, mine, theirs))
    found: list[str] = []
    b_at = m_at = t_at = 0
    for b_next, m_next, t_next, length in [*_stable(b, m, t), (len(b), len(m), len(t), 0)]:
        parts = (b[b_at:b_next], m[m_at:m_next], t[t_at:t_next])
        found += _piece(*parts, b_at, choices)
        found += b[b_next : b_next + length]
        b_at, m_at, t_at = b_next + length, m_next + length, t_next + length
    return "".join(found)


def _piece(b: list[str], m: list[str], t: list[str], at: int, choices: Choices) -> list[str]:
    if m == t or t == b:
        return m
    if m == b:
        return t
    clash = Conflict(f"line:{at + 1}", str(at + 1), "".join(b), "".join(m), "".join(t))
    return m if choices.mine(clash) else t


def _stable(b: Sequence[str], m: Sequence[str], t: Sequence[str]) -> Iterator[tuple[int, int, int, int]]:
    """Runs of lines that are the same in all three: (line of base, of mine, of theirs, how many)."""
    in_mine = _matches(b, m)
    in_theirs = _matches(b, t)
    at = 0
    while at < len(b):
        if at not in in_mine or at not in in_theirs:
            at += 1
            continue
        length = 1
        while in_mine.get(at + length) == in_mine[at] + length and in_theirs.get(at + length) == in_theirs[at] + length:
            length += 1
        yield at, in_mine[at], in_theirs[at], length
        at += length


def _matches(b: Sequence[str], other: Sequence[str]) -> dict[int, int]:
    blocks = SequenceMatcher(None, b, other, autojunk=False).get_matching_blocks()
    return {block.a + step: block.b + step for block in blocks for step in range(block.size)}


def order(mine: Sequence[str], theirs: Sequence[str], kept: Callable[[str], bool]) -> list[str]:
    """The names of both in one row: mine as they stand, those of theirs alone behind what they stand behind there."""
    found = [name for name in mine if kept(name)]
    known = set(found)
    before = ""
    for name in theirs:
        if name not in known and kept(name):
            found.insert(found.index(before) + 1 if before else 0, name)
            known.add(name)
        if name in known:
            before = name
    return found
