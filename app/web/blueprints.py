"""Every blueprint, one for each desk."""

from __future__ import annotations

from flask import Blueprint

from app.web import account, case_actions, case_files, cases, demo, desks, drafts, home, public, register, tasks, worklist

ALL: tuple[Blueprint, ...] = (
    public.pages, register.pages, account.pages, demo.pages, home.pages, tasks.pages, drafts.pages, cases.pages,
    desks.pages, worklist.pages, case_files.pages, case_actions.pages,
)  # fmt: skip
