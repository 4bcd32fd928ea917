"""Processes and the portal: releases and their terms, drafts; what is on record of changes and sign-ins."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from admin.contents import running, since, standing
from admin.kinds import Kind, Moment, Near, Tool, words
from app.store import models as m

PORTAL = (
    Kind(
        m.Release,
        _l("Releases of processes"),
        _l("Release of a process"),
        words("package_id number title holds running stored_at stored_by"),
        (),
        day="stored_at",
        who=("stored_by",),
        search=words("title stored_by"),
        sort=words("stored_at"),
        told={"holds": since, "running": running},
        near=(Near(m.Term, "release"), Near(m.Move, "release")),
        life=(Moment("stored_at", _l("Stored"), "stored_by"),),
        tools=lambda _row: [Tool(_l("Process design"), "/designer")],
    ),
    Kind(
        m.Term,
        _l("Terms of releases"),
        _l("Term of a release"),
        words("package_id release state from_at submitted_by approved_by source stopped_at"),
        words("note submitted_at approved_at stopped_by stopped_why"),
        day="from_at",
        who=words("submitted_by approved_by stopped_by"),
        choices=words("source"),
        search=words("note submitted_by"),
        sort=words("from_at submitted_at"),
        told={"state": standing},
        texts=words("note stopped_why"),
        life=(
            Moment("submitted_at", _l("Submitted"), "submitted_by"),
            Moment("approved_at", _l("Approved"), "approved_by"),
            Moment("from_at", _l("In force from")),
            Moment("stopped_at", _l("Stopped"), "stopped_by"),
        ),
        tools=lambda _row: [Tool(_l("Process design"), "/designer")],
    ),
    Kind(
        m.Workspace,
        _l("Drafts of processes"),
        _l("Draft of a process"),
        words("title package_id base_release owner state changed_at"),
        words("created_at"),
        day="changed_at",
        who=("owner",),
        choices=words("state"),
        search=("title",),
        sort=words("title changed_at created_at"),
        life=(Moment("created_at", _l("Begun")), Moment("changed_at", _l("Last changed"))),
        tools=lambda row: [Tool(_l("Open the draft"), f"/designer/w/{row.id}")],
    ),
)
