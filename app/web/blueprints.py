"""Every blueprint, one for each desk."""

from __future__ import annotations

from flask import Blueprint

from app.web.account import absences, exports, ownaddress, pages, provider, second, signins
from app.web.audit import archives, keeping
from app.web.audit import pages as audit
from app.web.cards import agents, desk, keyletters, keys, labels
from app.web.cases import actions, afterwards, corrections, figures, files, mending
from app.web.cases import pages as cases
from app.web.company import agents as company_agents
from app.web.company import colleagues, corporate_numbers, invitation
from app.web.company import pages as company
from app.web.days import calendar
from app.web.designer import api as designer_api
from app.web.designer import comparing as designer_comparing
from app.web.designer import diagrams as designer_diagrams
from app.web.designer import drafts as designer_drafts
from app.web.designer import leading as designer_leading
from app.web.designer import moves as designer_moves
from app.web.designer import pages as designer
from app.web.designer import plays
from app.web.designer import previews as designer_previews
from app.web.designer import problems as designer_problems
from app.web.designer import releasing as designer_releasing
from app.web.designer import scenarios as designer_scenarios
from app.web.designer import tables as designer_tables
from app.web.mailroom import form, post, undelivered
from app.web.mailroom import pages as inbound
from app.web.money import bank, bankfiles, ledger, payments, undoing
from app.web.public import demo, register, watching
from app.web.public import pages as public
from app.web.settings import pages as settings
from app.web.settings import proposing
from app.web.tasks import drafts, uploads, viewer
from app.web.tasks import pages as tasks
from app.web.trouble import attention, overview, rules
from app.web.worklist import actions as worklist_actions
from app.web.worklist import home

ALL: tuple[Blueprint, ...] = (
    public.pages, watching.pages, register.pages, pages.pages, demo.pages, home.pages, tasks.pages, drafts.pages,
    uploads.pages, viewer.pages, cases.pages, worklist_actions.pages, files.pages, actions.pages, calendar.pages,
    undoing.pages, ledger.pages,
    payments.pages, bank.pages, bankfiles.pages, post.pages, desk.pages, labels.pages, keys.pages, keyletters.pages,
    absences.pages, exports.pages, ownaddress.pages, second.pages, provider.pages,
    settings.pages, proposing.pages, corrections.pages, inbound.pages, undelivered.pages, form.pages, agents.pages,
    afterwards.pages, company.pages, colleagues.pages, corporate_numbers.pages, company_agents.pages,
    invitation.pages,
    attention.pages, rules.pages, overview.pages, figures.pages, signins.pages,
    designer.pages,
    designer_api.pages,
    designer_comparing.pages,
    designer_diagrams.pages,
    designer_drafts.pages,
    designer_leading.pages,
    designer_moves.pages,
    designer_previews.pages,
    designer_problems.pages,
    designer_releasing.pages,
    designer_scenarios.pages,
    audit.pages,
    keeping.pages,
    archives.pages,
    mending.pages,
    plays.moves,
    plays.pages,
    designer_tables.pages,
)  # fmt: skip
