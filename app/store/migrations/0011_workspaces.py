"""Drafts of process packages (workspaces) are kept: their files, all that was written into them, and who wrote it."""

from __future__ import annotations

from typing import Any

from peewee import BlobField, CharField, DateTimeField, ForeignKeyField, IntegerField, Model, TextField


class Named(Model):
    """Tables are called as the models of the portal call theirs."""

    class Meta:
        legacy_table_names = False


class User(Named):
    """As far as this step refers to it."""


class Release(Named):
    """As far as this step refers to it."""


class Workspace(Named):
    """As it is made by this step."""

    package_id = CharField(max_length=80)
    title = CharField(max_length=200)
    base_release = ForeignKeyField(Release, null=True)
    owner = ForeignKeyField(User, null=True)
    state = CharField(max_length=12, default="draft")
    revision = IntegerField(default=0)
    submitted_digest = CharField(max_length=64, default="")
    created_at = DateTimeField()
    changed_at = DateTimeField()

    class Meta:
        indexes = ((("package_id", "state"), False),)


class WorkspaceFile(Named):
    """As it is made by this step."""

    workspace = ForeignKeyField(Workspace, on_delete="CASCADE")
    path = CharField(max_length=240)
    content = BlobField(null=True)
    base_digest = CharField(max_length=64, default="")
    digest = CharField(max_length=64, default="")
    revision = IntegerField()
    saved_at = DateTimeField()
    saved_by = ForeignKeyField(User, null=True)
    by_name = CharField(max_length=120, default="")
    page = CharField(max_length=40, default="")

    class Meta:
        indexes = ((("workspace", "path"), True),)


class WorkspaceVersion(Named):
    """As it is made by this step."""

    workspace = ForeignKeyField(Workspace, on_delete="CASCADE")
    path = CharField(max_length=240)
    revision = IntegerField()
    kind = CharField(max_length=12)
    content = BlobField(null=True)
    digest = CharField(max_length=64, default="")
    saved_at = DateTimeField()
    saved_by = ForeignKeyField(User, null=True)
    by_name = CharField(max_length=120, default="")

    class Meta:
        indexes = ((("workspace", "path", "revision"), False),)


class WorkspaceEvent(Named):
    """As it is made by this step."""

    workspace = ForeignKeyField(Workspace, on_delete="CASCADE")
    at = DateTimeField()
    kind = CharField(max_length=12)
    by = ForeignKeyField(User, null=True)
    by_name = CharField(max_length=120, default="")
    text = TextField(default="")
    data = TextField(default="{}")

    class Meta:
        indexes = ((("workspace", "at"), False),)


class WorkspaceVisit(Named):
    """As it is made by this step."""

    workspace = ForeignKeyField(Workspace, on_delete="CASCADE")
    page = CharField(max_length=40)
    user = ForeignKeyField(User, on_delete="CASCADE")
    path = CharField(max_length=240, default="")
    seen_at = DateTimeField()

    class Meta:
        indexes = ((("workspace", "page"), True),)


def up(_migrator: Any, db: Any) -> None:
    """Create the new tables; no other changes."""
    tables = [Workspace, WorkspaceFile, WorkspaceVersion, WorkspaceEvent, WorkspaceVisit]
    with db.bind_ctx([User, Release, *tables], bind_refs=False, bind_backrefs=False):
        db.create_tables(tables, safe=False)
