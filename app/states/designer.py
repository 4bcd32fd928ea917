"""How a workspace (案, a draft of a process package) stands, and what happened to it."""

from __future__ import annotations

from app.states.word import Moves, Word


class WorkspaceState(Word):
    """Where a workspace is on its way to a release."""

    DRAFT = "draft"  # 下書き: it is being written
    SUBMITTED = "submitted"  # 承認待ち: frozen under a digest until a second person has looked
    RELEASED = "released"  # 公開済み: its content is a release
    DROPPED = "dropped"  # 取りやめ: nobody goes on with it; it can be fetched back


WORKSPACE_MOVES: Moves[WorkspaceState] = {
    WorkspaceState.DRAFT: (WorkspaceState.SUBMITTED, WorkspaceState.RELEASED, WorkspaceState.DROPPED),
    WorkspaceState.SUBMITTED: (WorkspaceState.DRAFT, WorkspaceState.RELEASED, WorkspaceState.DROPPED),
    WorkspaceState.DROPPED: (WorkspaceState.DRAFT,),
}


class WorkspaceAct(Word):
    """What somebody did with a workspace. Whoever has `saved` or `merged` may not approve it."""

    MADE = "made"
    OPENED = "opened"
    SAVED = "saved"
    MERGED = "merged"  # a newer release was taken in
    HANDED = "handed"  # to another owner
    SUBMITTED = "submitted"
    WITHDRAWN = "withdrawn"  # by who submitted
    RETURNED = "returned"  # by who was to approve
    APPROVED = "approved"
    RELEASED = "released"
    DROPPED = "dropped"
    REVIVED = "revived"


class VersionKind(Word):
    """How a content of a file came to be kept."""

    SAVED = "saved"  # it was the file's
    ASIDE = "aside"  # it came too late, and is kept beside the file
    TAKEN = "taken"  # it came with a newer release
    RESTORED = "restored"
    REMOVED = "removed"
