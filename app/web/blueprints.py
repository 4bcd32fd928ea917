"""Every blueprint, one for each desk."""

from __future__ import annotations

from flask import Blueprint

from app.web import (
    absences,
    account,
    afterwards,
    agents,
    attention,
    calendar,
    card_labels,
    cardkeys,
    cards,
    case_actions,
    case_files,
    cases,
    company,
    company_agents,
    corporate_numbers,
    demo,
    drafts,
    home,
    inbound,
    inbound_form,
    invitation,
    keyletters,
    package_settings,
    payments,
    post,
    public,
    register,
    signins,
    tasks,
    undelivered,
    uploads,
    viewer,
    worklist_actions,
)

ALL: tuple[Blueprint, ...] = (
    public.pages, register.pages, account.pages, demo.pages, home.pages, tasks.pages, drafts.pages, uploads.pages,
    viewer.pages, cases.pages, worklist_actions.pages, case_files.pages, case_actions.pages, calendar.pages,
    payments.pages, post.pages, cards.pages, card_labels.pages, cardkeys.pages, keyletters.pages, absences.pages,
    package_settings.pages, inbound.pages, undelivered.pages, inbound_form.pages, agents.pages, afterwards.pages,
    company.pages, corporate_numbers.pages, company_agents.pages, invitation.pages, attention.pages, signins.pages,
)  # fmt: skip
