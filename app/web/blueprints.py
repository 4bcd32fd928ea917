"""Every blueprint, one for each desk."""

from __future__ import annotations

from flask import Blueprint

from app.web import cases, desks, drafts, home, public, register, tasks, worklist

ALL: tuple[Blueprint, ...] = (public.pages, register.pages, home.pages, tasks.pages, drafts.pages, cases.pages, desks.pages, worklist.pages)
