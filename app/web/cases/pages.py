"""Cases: the list, the page of one with its tabs, and the data of its diagrams."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, jsonify, render_template, request
from flask_babel import gettext

from app.services.base import finding
from app.services.base.actors import Actor
from app.services.days import attendance
from app.services.moves import mending
from app.services.pages import case, casehead, diagrams
from app.services.pages.case import CasePage
from app.services.pages.casehead import CaseOrder
from app.services.tasks import datesasked, recall
from app.states import Right, Side, Turn
from app.text.typed import line
from app.web.cases import banner as turn_banner
from app.web.cases import diagram as case_diagram
from app.web.cases import head as case_head
from app.web.cases import tabs, timeline, troublewords
from app.web.frame import paging
from app.web.frame.access import needs
from app.web.frame.current import named, portal, signed_in

pages = Blueprint("cases", __name__)

PAGE = 50
ORDERS: dict[str, CaseOrder] = {"due": "due", "number": "number"}
TURNS = (Turn.VENDOR, Turn.OPERATOR)
STATES = ("open", "certified", "rejected", "withdrawn", "closed")
TABS = ("flow", "timeline", "documents", "mail", "cards", "money", "answers", "messages")


@pages.get("/cases")
@needs(Right.SEE_CASES)
def index() -> Any:
    """The cases that one may see, last changed first or in the order asked for."""
    who, args = signed_in(), request.args
    text = line(args.get("q", ""))[:200]
    state = args.get("state", "") if args.get("state") in STATES else ""
    trouble = args.get("trouble") == "1" and who.side == Side.OPERATOR
    turn = next((each for each in TURNS if each.value == args.get("turn")), None)
    order = args.get("order", "") if args.get("order") in ORDERS else ""
    asked = paging.wanted(args.get("page", ""))
    found, total = casehead.heads(
        portal(), who, text=text, state=state, trouble=trouble, turn=turn, order=ORDERS.get(order, "changed"),
        limit=PAGE, page=asked,
    )  # fmt: skip
    most = casehead.most_counted(text)
    more, total = total > most, min(total, most)
    count = paging.last(total, PAGE)
    said = (("q", text), ("state", state), ("trouble", "1" if trouble else ""), ("turn", turn.value if turn else ""))
    query = {key: value for key, value in said if value}
    kept = {**query, **({"order": order} if order else {})}
    return render_template(
        "pages/case/list.html",
        title=gettext("Cases"),
        wide=who.side == Side.OPERATOR,
        banners=[turn_banner.of_case(head, who, line=True) for head in found] if who.side == Side.VENDOR else [],
        rows=[case_head.row(head) for head in found],
        total=total,
        more=more,
        text=text,
        behind=finding.behind(portal()) if text else 0,
        state=state,
        trouble=trouble,
        states=timeline.state_words(),
        query=query,
        turn=turn.value if turn else "",
        order=order,
        paging=paging.numbers(
            min(asked, count), count, PAGE, total, lambda n: "/cases?" + urlencode({**kept, "page": n}), more=more
        ),
    )


@pages.get("/cases/<number>")
@needs(Right.SEE_CASES)
def show(number: str) -> Any:
    """The page of the case, at the asked tab."""
    return draw(number, request.args.get("tab", ""))


def draw(number: str, tab: str, status: int = 200, **typed: Any) -> Any:
    """The case's page at a tab. `typed`: what a refused form held, and why (`error`), so that nothing is lost."""
    who = signed_in()
    asked = tab if tab in TABS else TABS[0]
    kinds = timeline.kinds_of(request.args.get("kind", "")) if asked == "timeline" else ()
    part, steps = (
        paging.wanted(request.args.get("part", "")),
        None if request.args.get("steps") == "all" else case.STEPS,
    )
    page = case.page(portal(), number, who, asked, part=part, kinds=kinds, steps=steps)
    without = {"cards": not page.cards and not (page.sets and who.side == Side.OPERATOR)}
    without["money"] = not page.counts["money"] and not page.fees
    offered = [each for each in TABS if not without.get(each)]
    tab = asked if asked in offered else offered[0]
    return render_template(
        "pages/case/page.html",
        title=f"{number} {page.head.system_name}",
        wide=True,
        page=page,
        head=page.head,
        recall=recall.offered(portal(), number, who),
        may_mend=mending.offered(number, who),
        standing=datesasked.standing(portal(), number, who),
        there=attendance.of_case(portal(), number, who),
        banner=turn_banner.of_case(page.head, who),
        tab=tab,
        tabs=_tabs(page, offered, tab),
        address=case_head.address,
        typed=typed,
        states=timeline.state_words(),
        pending=list(dict.fromkeys(case_head.work(job, page.titles) for job in page.pending)),
        trouble_words=troublewords.said,
        trouble_advice=troublewords.advice,
        **_content(page, who, tab),
    ), status


def _tabs(page: CasePage, offered: list[str], tab: str) -> list[dict[str, Any]]:
    labels = {
        "flow": gettext("Flow"),
        "timeline": gettext("History"),
        "documents": gettext("Documents"),
        "mail": gettext("Mail"),
        "cards": gettext("Cards"),
        "money": gettext("Money"),
        "answers": gettext("Answers"),
        "messages": gettext("Messages"),
    }
    counts = {**page.counts, "cards": len(page.cards)}
    return [
        {
            "url": case_head.address(page.head.number, each),
            "label": labels[each],
            "count": counts.get(each) or None,
            "current": each == tab,
        }
        for each in offered
    ]


def _content(page: CasePage, who: Actor, tab: str) -> dict[str, Any]:
    """What the tab shows."""
    number = page.head.number
    if tab == "flow":
        known = [process for process, _ in page.diagrams]
        chosen = request.args.get("diagram", "")
        chosen = chosen if chosen in known else page.diagram
        return {
            "diagram": chosen,
            "diagrams": [
                {
                    "url": f"{case_head.address(number, 'flow')}&diagram={process}",
                    "label": named(title),
                    "current": process == chosen,
                }
                for process, title in page.diagrams
            ],
            "steps": case_diagram.step_list(page, who),
            "steps_before": page.tasks_before,
            "every_step": request.args.get("steps") == "all",
        }
    if tab == "timeline":
        words = timeline.group_words()
        group = request.args.get("kind", "") if request.args.get("kind", "") in words else ""
        part = paging.wanted(request.args.get("part", ""))
        present = {timeline.group_of(kind).value for kind in page.kinds}
        here = case_head.address(number, "timeline") + (f"&kind={group}" if group else "")
        chips = [{"url": case_head.address(number, "timeline"), "label": gettext("Everything"), "current": not group}]
        chips += [
            {"url": f"{case_head.address(number, 'timeline')}&kind={key}", "label": label, "current": group == key}
            for key, label in words.items()
            if key in present
        ]
        return {
            "days": tabs.days(page, who),
            "chips": chips,
            "older": f"{here}&part={part + 1}" if page.older else None,
            "newer": f"{here}&part={part - 1}" if part > 1 else None,
        }
    if tab == "documents":
        return {"documents": tabs.documents(page, who), "downloads": tabs.downloads(page)}
    if tab == "mail":
        part, here = paging.wanted(request.args.get("part", "")), case_head.address(number, "mail")
        return {
            "mails": tabs.mails(page, page.mails, who),
            "older": f"{here}&part={part + 1}" if page.older_mails else None,
            "newer": f"{here}&part={part - 1}" if part > 1 else None,
        }
    if tab == "money":
        rows, owed, payments = tabs.money(page)
        return {"invoices": rows, "owed": owed, "payments": payments}
    if tab == "messages":
        return {"messages": tabs.messages(page, who)}
    return {}


@pages.get("/cases/<number>/diagram/<process>.xml")
@needs(Right.SEE_CASES)
def diagram(number: str, process: str) -> Response:
    """The diagram as BPMN XML. It is the same as long as the release is: a browser that has it is told so (304)."""
    answer = Response(diagrams.source(portal(), number, process, signed_in()), mimetype="application/xml")
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.add_etag()
    answer.make_conditional(request)
    return answer


@pages.get("/cases/<number>/diagram.json")
@needs(Right.SEE_CASES)
def diagram_state(number: str) -> Response:
    """What is drawn upon it."""
    who = signed_in()
    return jsonify(case_diagram.as_json(diagrams.state(portal(), number, who), number, who))
