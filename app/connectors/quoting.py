"""What a writer wrote in a mail, and what they quote of the one they answer.

Only what is certainly quoted is set apart: lines marked with >, and what follows a heading that a mailer wrote (a date
with a time and an address, or a block of header fields). Behind such a heading, lines are compared with the mail that
is answered, where that is known: a line that does not stand there was typed into it. All else is the writer's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from app.text.normal import normal

_MARKED = re.compile(r"^\s{0,3}[>＞]")
_BARS = re.compile(r"^\s*(?:-{3,}|_{8,}|={8,}|ー{5,}|─{3,})")
_SEPARATOR = re.compile(
    r"^\s*[-_=ー─]{2,}\s*(?:Original Message|Original Appointment|元のメッセージ|Forwarded message|Forwarded by .{0,80}"
    r"|転送メッセージ|転送元|転送)\s*[-_=ー─]{2,}\s*$",
    re.IGNORECASE,
)
_FIELD = re.compile(
    r"^[*\s]{0,3}(From|Sent|To|Cc|Bcc|Date|Subject|Reply-To|Importance|Attachments|差出人|送信者|送信日時|日付|日時|宛先|件名|ＣＣ|重要度"
    r"|添付ファイル)\s?\*{0,2}\s?[:：]\*{0,2}\s*(?P<rest>.*)$",
    re.IGNORECASE,
)
_FROM = frozenset({"from", "差出人", "送信者"})
_TIME = re.compile(r"(?<!\d)\d{1,2}[:：]\d{2}(?!\d)|午[前後]\s?\d{1,2}時|\d{1,2}時\d{1,2}分")
_DAY = re.compile(
    r"\d{4}\s?[年/.-]\s?\d{1,2}\s?[月/.-]\s?\d{1,2}|\d{1,2}[/.]\d{1,2}[/.]\d{4}"
    r"|\d{1,2}\.?\s+[A-Za-zéû]{3,10}\.?\s+\d{4}|[A-Za-z]{3,10}\.?\s+\d{1,2},?\s+\d{4}"
)
_ADDRESS = re.compile(r"[^\s<>@]{1,64}@[^\s<>@]{1,180}")
_HEADING_END = re.compile(
    r"(?:wrote|writes|a écrit\s?|schrieb.{0,80}|のメール|さんは書きました|は書きました|のメッセージ)?\s*[:：]\s*$",
    re.IGNORECASE,
)
_WROTE = re.compile(
    r"^(?:On\s.{6,200}\swrote|Am\s.{6,200}schrieb.{0,120}|Le\s.{6,200}a écrit\s?"
    r"|.{0,160}(?:さんは書きました|は書きました|のメール))\s*[:：]\s*$",
    re.IGNORECASE,
)
_LINKS = re.compile(r"<?(?:https?|mailto):[^\s<>]*>?|\[cid:[^\]]*\]")
_SPARE = re.compile(r"[\W_]+")
_LONG = 6  # characters that no line has by chance in common with another
_MOST_KNOWN = 200_000  # characters of the answered mails that are compared with


@dataclass(frozen=True, slots=True)
class Said:
    """A mail's text. `own`: what its writer wrote, without the mail below or above it; where answers stand between
    quoted lines, these too, marked with >. `bare`: the writer's lines alone. `quotes`: whether anything was left out
    of `own`; `between`: whether answers stand between quoted lines."""

    own: str
    bare: str
    quotes: bool
    between: bool


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    quoted: bool

    @property
    def empty(self) -> bool:
        return not self.text.strip()


def said(text: str, answered: Sequence[str] = (), earlier: Sequence[str] = ()) -> Said:
    """What the writer wrote. `answered`: texts of the mail that is answered; `earlier`: of the writer's own mails
    before it, which stand below headings only: who says the same thing twice means it."""
    lines = _told_apart(text.splitlines(), _Known(answered), _Known([*answered, *earlier]))
    runs = _runs(lines)
    whole = len(runs)
    while runs and runs[-1][0]:
        runs.pop()  # the mail that is answered, below the answer
    if len(runs) == 2 and runs[0][0]:
        runs.pop(0)  # or above it
    bare = "\n\n".join(_text(each) for quoted, each in runs if not quoted).strip()
    if not bare:
        return Said("", "", bool(lines), False)
    between = any(quoted for quoted, _ in runs)
    own = "\n".join(_text(each, mark=quoted) for quoted, each in runs).strip("\n") if between else bare
    return Said(own, bare, len(runs) < whole, between)


def _runs(lines: Sequence[_Line]) -> list[tuple[bool, list[_Line]]]:
    """Neighbouring lines of one kind; empty lines belong to what stands above them."""
    found: list[tuple[bool, list[_Line]]] = []
    for quoted, group in groupby(_settled(lines), key=lambda line: line.quoted):
        found.append((quoted, list(group)))
    return found


def _settled(lines: Sequence[_Line]) -> list[_Line]:
    settled: list[_Line] = []
    for line in lines:
        settled.append(_Line(line.text, settled[-1].quoted) if line.empty and settled else line)
    while settled and settled[0].empty:
        settled.pop(0)
    return settled


def _text(lines: Sequence[_Line], mark: bool = False) -> str:
    if not mark:
        return "\n".join(line.text.rstrip() for line in lines).rstrip()
    told = [line.text.strip() for line in lines]
    return "\n".join(each if not each or _MARKED.match(each) else f"> {each}" for each in told).rstrip()


# Telling lines apart


class _Known:
    """The texts of the thread, as mailers may wrap, indent and decorate them: letters and digits alone."""

    def __init__(self, texts: Iterable[str]) -> None:
        lines = [_plain(line) for line in "\n".join(texts)[:_MOST_KNOWN].splitlines()]
        self._lines, self._run = frozenset(lines), "".join(lines)

    def __bool__(self) -> bool:
        return bool(self._run)

    def holds(self, lines: Sequence[str], at: int) -> bool:
        """Whether this line stands there: as a line, within a longer one, or as a piece of one that was wrapped."""
        plain = _plain(lines[at])
        if not plain or plain in self._lines or (len(plain) >= _LONG and plain in self._run):
            return True
        before = _plain(lines[at - 1]) if at else ""
        after = _plain(lines[at + 1]) if at + 1 < len(lines) else ""
        return bool((before and before + plain in self._run) or (after and plain + after in self._run))


def _told_apart(lines: Sequence[str], known: _Known, thread: _Known) -> list[_Line]:
    found: list[_Line] = []
    at = 0
    while at < len(lines):
        length, certain = _heading(lines, at)
        follows = next((n for n in range(at + length, min(at + length + 3, len(lines))) if lines[n].strip()), -1)
        marked = follows >= 0 and bool(_MARKED.match(lines[follows]))
        if length and (certain or marked or (follows >= 0 and known and known.holds(lines, follows))):
            found += [_Line(line, True) for line in lines[at : at + length]]
            at += length
            if not marked:
                return found + _below(lines[at:], thread)
            continue
        found.append(_Line(lines[at], bool(_MARKED.match(lines[at]))))
        at += 1
    return _wrapped(found, known)


def _below(lines: Sequence[str], known: _Known) -> list[_Line]:
    """What follows a mailer's heading without marks: quoted, but for lines that stand in no mail that is known."""
    found: list[_Line] = []
    for at, line in enumerate(lines):
        header = _FIELD.match(line) or _MARKED.match(line) or _BARS.match(line) or _heading(lines, at)[0]
        found.append(_Line(line, not known or bool(header) or known.holds(lines, at)))
    return found


def _wrapped(lines: list[_Line], known: _Known) -> list[_Line]:
    """A mailer that wraps what it quotes leaves pieces without a mark between marked lines."""
    texts = [_MARKED.sub("", line.text) for line in lines]
    for at in range(1, len(lines) - 1):
        between = lines[at - 1].quoted and lines[at + 1].quoted and not lines[at].quoted
        if known and between and not lines[at].empty and known.holds(texts, at):
            lines[at] = _Line(lines[at].text, True)
    return lines


def _heading(lines: Sequence[str], at: int) -> tuple[int, bool]:
    """(how many lines from here on are a mailer's heading over what it quotes, whether nobody writes such by hand)."""
    line = lines[at].strip()
    if not line or _MARKED.match(line):
        return 0, False
    bars = _SEPARATOR.match(line)
    if bars or _BARS.match(line):
        under = at + 2 if at + 1 < len(lines) and not lines[at + 1].strip() else at + 1
        fields = _block(lines, under)
        return (under + fields - at, True) if fields else (int(bool(bars)), bool(bars))
    if _FIELD.match(line):
        fields = _block(lines, at)
        return fields, bool(fields)
    if _dated(line):
        return 1, bool(_ADDRESS.search(line))
    two = f"{line} {lines[at + 1].strip()}" if at + 1 < len(lines) else ""  # long ones are wrapped
    if not two or _HEADING_END.search(line) or not _ADDRESS.search(two) or not _dated(two):
        return 0, False
    return 2, True


def _dated(line: str) -> bool:
    """「2026年12月10日(木) 10:00 認定 <n@example.jp>:」, "On Thu, 10 Dec 2026 at 10:00, Nintei wrote:"."""
    if len(line) > 400 or not _HEADING_END.search(line):
        return False
    if _WROTE.match(line) and (_DAY.search(line) or _ADDRESS.search(line)):
        return True
    return bool(_DAY.search(line[:60]) and _TIME.search(line))


def _block(lines: Sequence[str], at: int) -> int:
    """How many lines of header fields begin here: From and two more, at the least; 0: it is none."""
    names: list[str] = []
    end = at
    while end < len(lines) and end - at < 14:
        field = _FIELD.match(lines[end])
        if field:
            names.append(normal("NFKC", field[1]).lower())
        elif not names or not lines[end].startswith((" ", "\t")) or not lines[end].strip():
            break
        end += 1
    return end - at if len(set(names)) >= 3 and _FROM.intersection(names) else 0


def _plain(line: str) -> str:
    return _SPARE.sub("", normal("NFKC", _LINKS.sub("", line))).lower()
