"""Reviews: the answers that are looked at, what was decided on them before, and what a return says to the vendor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.forms import Answer as AnswerLine
from app.services.base import permit, within
from app.services.base.nouns import Warned
from app.services.register import names
from app.services.tasks import comments
from app.states import CommentState, Side
from app.store import work
from app.store.models import Answer

# Keys by which the forms of reviews call what a return says to the vendor; other fields say so by the property `told`.
TOLD = ("reason", "proposal")


@dataclass(frozen=True, slots=True)
class Reviewed:
    """An answer that is shown beside a review."""

    element: str
    title: str
    lines: list[AnswerLine]
    at: datetime
    by: str
    before: Mapping[str, str] = field(default_factory=dict)  # key → what the answer before said, where it differs
    before_at: datetime | None = None  # when that was sent; none when it is the first answer


def answers(setting: permit.Setting, lang: str) -> list[Reviewed]:
    """The newest answers that the task reviews, with what the answers before them said."""
    wanted, every = setting.element.listed("reviews"), work.answers_by_element(setting.case.id)
    found = []
    for element in wanted:
        given, spec = every.get(element, []), setting.loaded.forms.get(element)
        if not given or spec is None:
            continue
        answer, earlier = given[0], given[1] if len(given) > 1 else None
        lines = spec.answers(answer.values, lang)
        changed = changes(spec.answers(earlier.values, lang), lines) if earlier is not None else {}
        public = names.known(setting.case.id, setting.loaded)
        if public:  # what the register says is what would change, whatever was asked of it before
            changed = {key: said for key, said in changed.items() if key not in public}
            changed |= {line.key: said for line in lines if (said := public.get(line.key, line.text)) != line.text}
        title = setting.loaded.element(element).title
        at = earlier.at if earlier is not None else None
        found.append(Reviewed(element, title, lines, answer.at, answer.by_name, changed, at))
    return found


def changes(before: Sequence[AnswerLine], now: Sequence[AnswerLine]) -> dict[str, str]:
    """Key → what was said before, of the lines that say something else now. A file is another one whatever its name."""
    said = {line.key: line for line in before}
    return {
        line.key: said[line.key].text
        for line in now
        if line.key in said and (line.text, _ids(line)) != (said[line.key].text, _ids(said[line.key]))
    } | {line.key: "" for line in now if line.key not in said and line.text and said}


def _ids(line: AnswerLine) -> list[str]:
    return [each.id for each in line.files]


def last(setting: permit.Setting, lang: str) -> Reviewed | None:
    """What the vendor answered last time, with this very form; none for the first time."""
    if setting.task.side != Side.VENDOR:
        return None
    own = work.answers_by_element(setting.case.id).get(setting.task.element)
    if not own:
        return None
    return _shown(setting, setting.task.element, own[0], lang)


def prior(setting: permit.Setting, lang: str) -> list[Reviewed]:
    """What the body decided on the same answers before, in other reviews and in this one, newest first; not what it
    decided in other years."""
    elements = _reviews_of(setting, set(setting.element.listed("reviews")))
    every = work.answers_by_element(setting.case.id) if elements else {}
    said = [(element, answer) for element in elements for answer in every.get(element, ())]
    begun = within.begun(setting.case.id, setting.loaded.package, setting.task.element) if said else None
    found = [_shown(setting, element, answer, lang) for element, answer in said if begun is None or answer.at >= begun]
    return sorted(found, key=lambda each: each.at, reverse=True)


def returned(setting: permit.Setting, lang: str) -> Reviewed | None:
    """What the review said that gave the vendor this task again; none when the task is new to them this time.

    Where both sides work side by side, the body may have gone on meanwhile: its last answer that says something counts.
    """
    if setting.task.side != Side.VENDOR:
        return None
    every = work.answers_by_element(setting.case.id)
    own = every.get(setting.task.element)
    if not own or _of_another_time(setting, own[0]):
        return None
    later = [
        _told(setting, element, answer, lang)
        for element in _reviews_of(setting, {setting.task.element})
        for answer in every.get(element, ())
        if answer.at >= own[0].at
    ]
    return max((each for each in later if each.lines), key=lambda each: each.at, default=None)


def _of_another_time(setting: permit.Setting, answer: Answer) -> bool:
    """Whether the answer was given another time through the process: last year's is not what is sent back now."""
    begun = within.begun(setting.case.id, setting.loaded.package, setting.task.element)
    return begun is not None and answer.at < begun


def offered(setting: permit.Setting) -> tuple[str, ...]:
    """What the task's page offers of papers and other answers; nothing while the value that `shows_while` names says
    nothing: the result of a year ago is not why the step comes now."""
    name = setting.element.properties.get("shows_while", "")
    if name and not {**(setting.case.data or {}), **(setting.task.data or {})}.get(name):
        return ()
    return tuple(setting.element.listed("shows"))


def shown(setting: permit.Setting, lang: str) -> list[Reviewed]:
    """Of other answers, the fields that the task's property `shows` names as `element.field`; uploads are documents."""
    wanted: dict[str, list[str]] = {}
    for name in offered(setting):
        element, _, key = name.partition(".")
        if key and element in setting.loaded.forms:
            wanted.setdefault(element, []).append(key)
    latest = work.latest_answers(setting.case.id) if wanted else {}
    found = []
    for element, keys in wanted.items():
        if element not in latest:
            continue
        whole = _shown(setting, element, latest[element], lang)
        lines = [
            line
            for line in whole.lines  # of a list, each entry's lines: `findings-0-…`
            if (line.key in keys or line.key.partition("-")[0] in keys) and line.text and not line.files
        ]
        if lines:
            found.append(Reviewed(whole.element, whole.title, lines, whole.at, whole.by))
    return found


def _told(setting: permit.Setting, element: str, answer: Answer, lang: str) -> Reviewed:
    """Of a review's answer, what is meant for the vendor."""
    marked = {spec.key for spec in setting.loaded.forms[element].inputs() if spec.properties.get("told") == "true"}
    shown = _shown(setting, element, answer, lang)
    told = [
        line for line in shown.lines if line.text and (line.key.endswith(TOLD) or line.key.partition("-")[0] in marked)
    ]
    return Reviewed(shown.element, shown.title, told, shown.at, shown.by)


def _reviews_of(setting: permit.Setting, subject: set[str]) -> list[str]:
    return [
        element.id
        for element in setting.loaded.package.elements.values()
        if element.side == Side.OPERATOR
        and element.id in setting.loaded.forms
        and subject.intersection(element.listed("reviews"))
    ]


def _shown(setting: permit.Setting, element: str, answer: Answer, lang: str) -> Reviewed:
    lines = setting.loaded.forms[element].answers(answer.values, lang)
    return Reviewed(element, setting.loaded.element(element).title, lines, answer.at, answer.by_name)


def may_return(setting: permit.Setting) -> bool:
    """Whether the task is a review that can send the case back, with points pinned to the answers."""
    spec = setting.loaded.forms.get(setting.task.element)
    if spec is None or setting.task.side != Side.OPERATOR or not setting.element.listed("reviews"):
        return False
    return any(comments.returns({"": option.value}) for each in spec.inputs() for option in each.options)


def warnings(setting: permit.Setting, values: Mapping[str, Any]) -> list[Warned]:
    """Points that would not reach the vendor: without a return, or pinned to what is not returned."""
    pinned = work.comments(setting.case.id, CommentState.DRAFT, review_task=setting.task.id)
    if not pinned:
        return []
    if not comments.returns(values):
        return [
            Warned(
                "%(count)s points are attached to the answers. They are sent only with a return; if you "
                "continue, they stay on record for staff only",
                {"count": len(pinned)},
            )
        ]
    reviewed = setting.element.listed("reviews")
    targets = {value for value in values.values() if isinstance(value, str) and value in reviewed}
    aside = [row for row in pinned if targets and row.element not in targets]
    titles = dict.fromkeys(setting.loaded.element(row.element).title for row in aside)
    return [
        Warned(
            "%(count)s points are attached to “%(titles)s”, which you are not returning: the vendor will not be "
            "asked about them now",
            {"count": len(aside), "titles": "、".join(titles)},
        )
        for _ in aside[:1]
    ]
