"""進行中の案件を移す: running cases beside another release: moved, watched, stopped, taken back. Needs no script."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, flash, redirect, render_template, request
from flask_babel import gettext

from app.errors import N_, BadPackage, NinteiError, Refused
from app.services.moves import moving, sorting, wording
from app.services.moves.questions import LEAVE, places
from app.services.moves.versions import FLAGS
from app.services.packages import termviews
from app.services.pages import diagrams
from app.states import Right
from app.text.numbers import whole
from app.web.frame import problems
from app.web.frame.access import needs
from app.web.frame.current import named, portal, signed_in

pages = Blueprint("designer_moves", __name__, url_prefix="/designer/moves")

LONGEST = 2000
CHOICES = {
    "next": N_("From the next time on"),
    "now": N_("At once: its time counts from the move"),
    "apart": N_("No, they are different steps"),
}
STEPS = {
    "to": N_("Go on at “%(step)s”"),
    "anew": N_("Begin anew at “%(step)s”"),
    "by": N_("It counts as come from “%(step)s”"),
    "same": N_("Yes: “%(step)s”"),
}


@pages.get("/<package_id>/<int:number>")
@needs(Right.SEE_DESIGN)
def plan(package_id: str, number: int) -> Any:
    """The cases sorted; with answers in the address a dry run."""
    return _plan(package_id, number, request.args)


def _plan(package_id: str, number: int, said: Any, error: NinteiError | None = None) -> Any:
    who = signed_in()
    found = sorting.answered(portal(), package_id, number, _answers(said), _own(said), who)
    history = termviews.history(portal(), package_id)
    return render_template(
        "designer/moves.html", title=gettext("Move running cases"), wide=True, plan=found.plan,
        questions=found.questions, answers=_answers(said), own=_own(said), leave=LEAVE, tried=bool(found.decisions),
        history=history, moves=moving.recent(portal(), package_id, who),
        reason=said.get("reason", ""), chosen=set(said.getlist("case")), choices=choice_words, value_words=value_words,
        problem=problem_words, asked=request.query_string.decode("ascii", "replace"), states=state_words(),
        error=problems.sentence(error) if error else "",
    ), problems.status_of(error) if error else 200  # fmt: skip


@pages.post("/<package_id>/<int:number>")
@needs(Right.MOVE_CASES)
def ask(package_id: str, number: int) -> Any:
    """Have the chosen cases moved."""
    who, said = signed_in(), request.form
    decisions = sorting.answered(portal(), package_id, number, _answers(said), _own(said), who).decisions
    try:
        if not said.get("reason", "").strip():
            raise Refused("Say why: it stays on record")
        reason = said["reason"].strip()[:LONGEST]
        made = moving.ask(portal(), package_id, number, said.getlist("case"), decisions, reason, who)
    except Refused as error:
        return _plan(package_id, number, said, error)
    return redirect(f"/designer/moves/{made}", 303)


@pages.post("/<package_id>/<int:number>/words")
@needs(Right.MOVE_CASES)
def words_alone(package_id: str, number: int) -> Any:
    """The diagrams of the cases' release with the words of this one: as a release to which they may move."""
    base = whole(request.form.get("base", "")) or 0
    try:
        found = wording.together(portal(), package_id, base, number, signed_in())
    except (Refused, BadPackage) as error:
        return problems.back(error, f"/designer/moves/{package_id}/{number}")
    message = gettext(
        "Release %(number)s has the diagrams of %(base)s and the words of %(words)s. Nothing has been moved yet.",
        number=found, base=base, words=number,
    )  # fmt: skip
    flash(message, "success")
    return redirect(f"/designer/moves/{package_id}/{found}", 303)


@pages.get("/<int:move_id>")
@needs(Right.SEE_DESIGN)
def show(move_id: int) -> Any:
    """How a move stands; the page asks anew while it is under way."""
    status = moving.status(portal(), move_id, signed_in())
    return render_template(
        "designer/move.html", title=gettext("Move of running cases"), move=status, states=state_words(),
        outcomes=outcome_words(), problem=problem_words, history=termviews.history(portal(), status.package_id),
        answers=urlencode(status.answers),
    )  # fmt: skip


@pages.post("/<int:move_id>/<act>")
@needs(Right.MOVE_CASES, Right.APPROVE_MOVES)
def change(move_id: int, act: str) -> Any:
    """Stop it, go on with it, approve it, take it back."""
    acts = {"stop": moving.stop, "go-on": moving.go_on, "approve": moving.approve, "undo": moving.undo}
    here = f"/designer/moves/{move_id}"
    if act not in acts:
        return redirect(here, 303)
    try:
        acts[act](portal(), move_id, signed_in())
    except Refused as error:
        return problems.back(error, here)
    flash(_done_words(act), "success")
    return redirect(here, 303)


@pages.get("/<package_id>/<int:number>/cases/<case>")
@needs(Right.SEE_DESIGN)
def beside(package_id: str, number: int, case: str) -> Any:
    """Both diagrams of one case, side by side."""
    sides = sorting.sides(portal(), case, signed_in())
    target = sorting.target(portal(), package_id, number).package
    process = sides.process if sides.process in target.processes else target.entry
    then = places(_answers(request.args), _own(request.args).get(case, {}))
    return render_template(
        "designer/move_beside.html", title=gettext("Both diagrams of %(number)s", number=case), wide=True, sides=sides,
        package_id=package_id, number=number, case=case, process=process,
        state=json.dumps({"open": [to for each in sides.open if (to := then.get(each, each)) in target.elements]}),
    )  # fmt: skip


@pages.get("/diagrams/<package_id>/<int:number>/<process>.xml")
@needs(Right.SEE_DESIGN)
def drawn(package_id: str, number: int, process: str) -> Any:
    """A release's diagram, as far as it is drawn."""
    return Response(diagrams.of_release(portal(), package_id, number, process, signed_in()), mimetype="text/xml")


def _answers(said: Any) -> dict[str, str]:
    return {key.removeprefix("d:"): value for key, value in said.items() if key.startswith("d:")}


def _own(said: Any) -> dict[str, dict[str, str]]:
    """Answers for one case alone, by its number (`one:<number>:<key>`)."""
    found: dict[str, dict[str, str]] = {}
    for name, value in said.items():
        kind, _, rest = name.partition(":")
        number, _, key = rest.partition(":")
        if kind == "one" and value.strip():
            found.setdefault(number, {})[key] = value
    return found


def problem_words(problem: Any) -> str:
    """A finding in the reader's language, steps by their names in it."""
    names = {key: named(value) if isinstance(value, str) else value for key, value in problem.params.items()}
    return str(replace(problem, params=names).said(gettext))


def choice_words(choice: Any) -> str:
    """What a choice is called: a step by its name."""
    if choice.value in CHOICES:
        return gettext(CHOICES[choice.value])
    kind = choice.value.partition(":")[0]
    return gettext(STEPS[kind], step=named(choice.title)) if kind in STEPS else choice.title


def value_words(choice: Any) -> str:
    """What a routing value is called, else the value itself."""
    if choice.title or choice.value not in FLAGS:
        return named(choice.title) if choice.title else str(choice.value)
    return gettext("Yes") if choice.value == "true" else gettext("No")


def state_words() -> dict[str, tuple[str, str]]:
    """A move's state in words, and its colour."""
    return {
        "asked": (gettext("Waits for approval"), "now"),
        "running": (gettext("Under way"), "now"),
        "stopped": (gettext("Stopped for now"), "warn"),
        "done": (gettext("Done"), "good"),
        "undoing": (gettext("Being taken back"), "now"),
        "undone": (gettext("Put back"), "plain"),
    }


def outcome_words() -> dict[str, tuple[str, str]]:
    """How a case of a move came out."""
    return {
        "waiting": (gettext("Its turn has not come"), "plain"),
        "moved": (gettext("Moved"), "good"),
        "left": (gettext("Left as it is"), "warn"),
        "failed": (gettext("Failed"), "bad"),
        "back": (gettext("Put back"), "plain"),
        "gone_on": (gettext("Has gone on since"), "warn"),
    }


def _done_words(act: str) -> str:
    return {
        "stop": gettext("Stopped. What has moved stays moved."),
        "go-on": gettext("The move goes on."),
        "approve": gettext("Approved. The cases are being moved."),
        "undo": gettext("The cases are being taken back."),
    }[act]
