"""Workspaces (案): drafts of packages, as what differs from a release; who wrote what, and all that was written."""

from __future__ import annotations

from typing import Any

from peewee import BlobField, CharField, ForeignKeyField, IntegerField, TextField

from app.states import VersionKind, WorkspaceAct, WorkspaceState
from app.store.database import Row
from app.store.fields import JsonField, UtcField
from app.store.models.accounts import User
from app.store.models.releases import Release
from app.store.words import WordField


class Workspace(Row):
    """A draft of a package: the files of a release under those of its own. Without a release all files are its own."""

    package_id = CharField(max_length=80)
    title = CharField(max_length=200)
    base_release = ForeignKeyField(Release, null=True, backref="workspaces")
    base_release_id: int | None
    owner = ForeignKeyField(User, null=True, backref="workspaces")  # none: made from the terminal
    owner_id: int | None
    state = WordField(WorkspaceState, max_length=12, default=WorkspaceState.DRAFT)
    revision = IntegerField(default=0)  # counts what changed the content
    submitted_digest = CharField(max_length=64, default="")  # of the content that is to be approved
    created_at = UtcField()
    changed_at = UtcField()

    class Meta:
        indexes = ((("package_id", "state"), False),)


class WorkspaceFile(Row):
    """A file that differs from the release's, or once did. Its revision only grows, so that nobody mistakes one content
    for another; a file without a row is the release's, at revision 0."""

    workspace = ForeignKeyField(Workspace, backref="file_rows", on_delete="CASCADE", index=False)
    workspace_id: int
    path = CharField(max_length=240)
    content: Any = BlobField(null=True)  # none: removed
    base_digest = CharField(max_length=64, default="")  # SHA-256 of the release's content; empty: it has none
    digest = CharField(max_length=64, default="")  # of this content; empty: removed
    revision = IntegerField()
    saved_at = UtcField()
    saved_by = ForeignKeyField(User, null=True)
    saved_by_id: int | None
    by_name = CharField(max_length=120, default="")
    page = CharField(max_length=40, default="")  # the opened page that saved it last

    class Meta:
        indexes = ((("workspace", "path"), True),)


class WorkspaceVersion(Row):
    """A content of a file, as it was saved or as it came too late: what somebody wrote is never dropped."""

    workspace = ForeignKeyField(Workspace, backref="version_rows", on_delete="CASCADE", index=False)
    workspace_id: int
    path = CharField(max_length=240)
    revision = IntegerField()  # of the file with this content; of one that was kept aside: on which it was written
    kind = WordField(VersionKind, max_length=12)
    content: Any = BlobField(null=True)  # zlib (RFC 1950); none: removed
    digest = CharField(max_length=64, default="")
    saved_at = UtcField()
    saved_by = ForeignKeyField(User, null=True)
    saved_by_id: int | None
    by_name = CharField(max_length=120, default="")

    class Meta:
        indexes = ((("workspace", "path", "revision"), False),)


class WorkspaceEvent(Row):
    """What somebody did with a workspace; the rule of the second person reads it."""

    workspace = ForeignKeyField(Workspace, backref="event_rows", on_delete="CASCADE", index=False)
    workspace_id: int
    at = UtcField()
    kind = WordField(WorkspaceAct, max_length=12)
    by = ForeignKeyField(User, null=True)
    by_id: int | None
    by_name = CharField(max_length=120, default="")
    text = TextField(default="")  # why, in the person's words
    data: Any = JsonField(default=dict)

    class Meta:
        indexes = ((("workspace", "at"), False),)


class WorkspaceVisit(Row):
    """An opened page of a workspace and the file in it, seen a moment ago."""

    workspace = ForeignKeyField(Workspace, backref="visit_rows", on_delete="CASCADE", index=False)
    workspace_id: int
    page = CharField(max_length=40)
    user = ForeignKeyField(User, on_delete="CASCADE")
    user_id: int
    path = CharField(max_length=240, default="")
    seen_at = UtcField()

    class Meta:
        indexes = ((("workspace", "page"), True),)
