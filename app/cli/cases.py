"""Cases and their jobs from the command line: `nintei case …`, `nintei job …`."""

from __future__ import annotations

from datetime import datetime

import click

from app.cli.wiring import Wiring
from app.services.base.actors import Actor
from app.services.base.businessdays import JAPAN
from app.services.cases import endings, lifecycle
from app.services.pages import case as caseview
from app.services.pages import casehead
from app.states import Side

STAFF = Actor(None, "nintei", Side.OPERATOR, frozenset({"operator", "administrator"}))
wired = click.make_pass_decorator(Wiring)


@click.group()
def case() -> None:
    """Look at cases and put them right."""


@case.command("list")
@click.option(
    "--search", default="", help="Whatever the case is known by: number, company, kana, contact, telephone, system …"
)
@click.option("--state", default="", type=click.Choice(["", "open", "certified", "rejected", "withdrawn", "closed"]))
@wired
def case_list(wiring: Wiring, search: str, state: str) -> None:
    """The cases, last changed first: number, state, whose turn, company, system."""
    found, total = casehead.heads(wiring.portal(), STAFF, text=search, state=state, limit=200)
    for head in found:
        click.echo(f"{head.number}  {head.state:10} {head.turn or '-':9} {head.company_name} / {head.system_name}")
    most = casehead.most_counted(search)
    click.echo(f"{len(found)} of {total}" if total <= most else f"{len(found)} of more than {most}")


@case.command("show")
@click.argument("number")
@wired
def case_show(wiring: Wiring, number: str) -> None:
    """One case: whose turn it is, what is open, what happened."""
    page = caseview.page(wiring.portal(), number, STAFF)
    click.echo(f"{page.head.number}  {page.head.company_name} / {page.head.system_name}")
    click.echo(f"state {page.head.state}, turn: {page.head.turn or 'nobody'}")
    for task in page.head.tasks + page.head.buttons:
        click.echo(
            f"  open: {task.title} ({task.element}, {task.side})" + (f", due {task.due_on}" if task.due_on else "")
        )
    for trouble in page.incidents:
        click.echo(f"  incident {trouble.job or trouble.kind}: {trouble.element} {trouble.error}")
    for entry in reversed(page.timeline):
        at: datetime = entry.at.astimezone(JAPAN)
        click.echo(f"  {at:%Y-%m-%d %H:%M}  {entry.kind:12} {entry.title}  {entry.actor_name}")


@case.command("end")
@click.argument("number")
@click.option("--reason", required=True, help="Why it ends; the vendor reads it.")
@click.confirmation_option(prompt="The case cannot be opened again. End it?")
@wired
def case_end(wiring: Wiring, number: str, reason: str) -> None:
    """End a case at once, whatever its process says: one that cannot go on."""
    endings.end(wiring.portal(), number, reason, STAFF)
    click.echo(f"{number} has ended")


@click.group()
def job() -> None:
    """Look after what the worker does."""


@job.command("retry")
@click.option("--operator", default="mail", show_default=True, help="Whose incidents: mail, pdf, card …")
@wired
def job_retry(wiring: Wiring, operator: str) -> None:
    """Try again every mail (or document, card …) that failed for good."""
    click.echo(f"{lifecycle.retry_all(wiring.portal(), operator, STAFF)} are being tried again")
