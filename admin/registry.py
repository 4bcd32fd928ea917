"""Which kinds of records there are, and what each list shows. A table that is not named here is shown all the same."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flask_babel import lazy_gettext as _l
from peewee import BlobField, TextField

from admin.contents import Contents, Terms
from admin.people import Absences, Accounts, ClosingDays, Views
from admin.view import Records
from app.services.base.portal import Portal
from app.store import models as m
from app.store.database import JsonField


@dataclass(frozen=True)
class Plan:
    """How a table is shown: columns of the list, fields to narrow by, fields to search in, fields never shown."""

    columns: tuple[str, ...]
    choices: tuple[str, ...] = ()
    search: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    view: type[Records] = field(default=Records)


def _plan(columns: str, choices: str = "", search: str = "", hidden: str = "", view: type[Records] = Records) -> Plan:
    return Plan(tuple(columns.split()), tuple(choices.split()), tuple(search.split()), tuple(hidden.split()), view)


# By what they are about; a mail's text holds the vendor's entry link, a draft's values what is not sealed yet.
CASES, WORK, PAPERS, MONEY, CARDS, PEOPLE, SYSTEM = (
    _l("Cases"), _l("Work"), _l("Documents and mail"), _l("Money and dates"), _l("Cards and certificates"),
    _l("People"), _l("System"),
)  # fmt: skip
GROUPS: tuple[tuple[Any, dict[Any, Plan]], ...] = (
    (CASES, {
        m.Case: _plan("number company_name system_name state stage turn turn_since created_at",
                      choices="state turn stage",
                      search="number company_name system_name email contact_name"),
        m.Entry: _plan("at case kind title text actor_name actor_side", choices="kind audience", search="title text"),
        m.Visit: _plan("case process element entered completed last_at", choices="process", search="element"),
        m.Clock: _plan("case title used limit_days side started_on running_since ended_on", choices="guideline side"),
        m.Member: _plan("case user rights mails mandate_id added_at added_by", choices="rights"),
        m.CompanyPerson: _plan("company user role added_at added_by", choices="role"),
        m.Mandate: _plan("company user office rights every_case first_day last_day ended_at", choices="rights",
                         search="office"),
        m.Invitation: _plan("company email kind made_at made_by expires_at used_at taken_back_at", choices="kind",
                            search="email"),
        m.Claim: _plan("asked_at company case user asks state answered_at answered_by", choices="state asks"),
        m.Company: _plan("corporate_number name kana proved_at proved_by created_at",
                         search="corporate_number name kana"),
        m.Note: _plan("at case side by_name internal text", choices="side", search="text"),
    }),
    (WORK, {
        m.Task: _plan("case title side grp state opened_at due_on assignee closed_at closed_by_name",
                      choices="state side grp", search="title case_number company_name system_name element"),
        m.Answer: _plan("at case element by_name side", choices="side", search="element by_name"),
        m.Draft: _plan("task revision saved_at saved_by", hidden="values"),
        m.Comment: _plan("at case where text state by_name reply replied_at", choices="state", search="text reply"),
        m.Reminder: _plan("task kind sent_at", choices="kind"),
    }),
    (PAPERS, {
        m.Document: _plan("created_at case title filename kind version size audience", choices="kind audience",
                          search="title filename key"),
        m.Mail: _plan("written_at case mail_id subject recipient state sent_at", choices="state mail_id",
                      search="subject recipient", hidden="text"),
        m.InboundMail: _plan("received_at case sender subject state handled_by_name", choices="state",
                             search="sender subject", hidden="text"),
        m.Delivery: _plan("at mail recipient state status settled_as settled_by", choices="state settled_as",
                          search="recipient text reason"),
        m.Opening: _plan("case grp at", choices="grp"),
        m.Access: _plan("at case filename user_name", search="filename user_name"),
        m.Secret: _plan("case element stored_at shown_at shown_to", choices="element"),
    }),
    (MONEY, {
        m.Invoice: _plan("number case title total paid issued_on due_on state", choices="state fee",
                         search="number title"),
        m.Payment: _plan("paid_on invoice kind amount payer by_name at undone_at", choices="kind", search="payer note"),
        m.Surplus: _plan("at case invoice amount state moved_to day note settled_by", choices="state", search="note"),
        m.BankFile: _plan("at filename kind account count by_name", choices="kind", search="filename"),
        m.BankLine: _plan("day payer amount text state invoice settled_by", choices="state", search="payer text",
                          hidden="key"),
        m.Allocation: _plan("payment line"),
        m.BankLayout: _plan("at headings columns by_name", hidden="key"),
        m.Booking: _plan("day case calendar start end state held_until", choices="state calendar"),
        m.ClosingDay: _plan("day title", search="title", view=ClosingDays),
    }),
    (CARDS, {
        m.Card: _plan("serial uid set_id state case lent_on due_back changed_at", choices="state set_id",
                      search="serial uid batch"),
        m.KeyLetter: _plan("case reference number recipient keeper_name opened_by_name opened_at destroyed_at",
                           search="reference recipient keeper_name opened_by_name"),
        m.CardEvent: _plan("at card act phase by_name desk text", choices="act phase", search="text by_name"),
        m.Certificate: _plan("number system_name company_name state certified_on valid_until listed", choices="state",
                             search="number system_name company_name"),
    }),
    (PEOPLE, {
        m.User: _plan("email name side active groups last_login_at", choices="side", search="email name",
                      view=Accounts),
        m.UserRole: _plan("user role"),
        m.Role: _plan("name description"),
        m.Absence: _plan("user delegate first_day last_day note", view=Absences),
        m.SavedView: _plan("user name query", search="name", view=Views),
    }),
    (SYSTEM, {
        m.SecurityEvent: _plan("at kind user place way scope held_until by_name", choices="kind scope", search="place"),
        m.Guess: _plan("at user place known way until", choices="way known", search="place", hidden="account device"),
        m.Term: _plan("package_id release state from_at submitted_by source note stopped_at", choices="package_id",
                      search="note submitted_by", view=Terms),
        m.Release: _plan("package_id number title holds running stored_at stored_by", choices="package_id",
                         view=Contents),
        m.Workspace: _plan("package_id title base_release owner state revision changed_at", choices="package_id state",
                           search="title"),
        m.WorkspaceEvent: _plan("at workspace kind by_name text", choices="kind", search="text by_name", hidden="data"),
        m.WorkspaceFile: _plan("workspace path revision saved_at by_name", search="path by_name", hidden="content"),
        m.WorkspaceVersion: _plan("saved_at workspace path kind by_name", choices="kind", search="path by_name",
                                  hidden="content"),
        m.Move: _plan("package_id release state asked_at asked_name approved_name reason", choices="package_id state",
                      search="reason asked_name", hidden="decisions"),
        m.MoveCase: _plan("move case state at", choices="state", hidden="before findings blob token"),
        m.Mend: _plan("case kind element reason at by_name undone_at", choices="kind", search="reason by_name",
                      hidden="before made detail blob token"),
        m.Setting: _plan("package_id key value changed_at changed_by", choices="package_id", search="key value"),
        m.Job: _plan("id case operator element state attempts run_at error", choices="state operator",
                     search="element error", hidden="params data"),
        m.TimerRow: _plan("case element due_at", search="element"),
        m.EntryLink: _plan("case email expires_at used_at void", search="email"),
        m.CaseState: _plan("case"),
        m.Incident: _plan("first_at last_at count case kind title message over_at over_by", choices="kind",
                          search="title message", hidden="params open_key"),
        m.Outage: _plan("name since tried_at tries next_at message", hidden="params"),
        m.Counter: _plan("name value"),
    }),
)  # fmt: skip


def _unread(model: Any) -> tuple[str, ...]:
    """What is not shown of a table that nobody has planned: whatever may hold anything."""
    return tuple(each.name for each in model._meta.sorted_fields if isinstance(each, (JsonField, TextField, BlobField)))


def build(portal: Portal, prefix: str) -> list[Records]:
    """A page for every table."""
    found: list[Records] = []
    known = {model for _, plans in GROUPS for model in plans}
    rest = {model: Plan((), hidden=_unread(model)) for model in m.ALL if model not in known}
    for label, plans in (*GROUPS, (SYSTEM, rest)):
        for model, plan in plans.items():
            view = plan.view(
                model,
                portal,
                f"{prefix}{model._meta.table_name}",
                columns=plan.columns,
                choices=plan.choices,
                search=plan.search,
                without=plan.hidden,
            )
            view.category_label = label
            found.append(view)
    return found
