"""Indexes are gone with which another one begins, and the one by case of the letters of searches, its largest."""

from __future__ import annotations

from typing import Any

# Each begins a longer one of its table, or no query asks it.
GONE = (
    "booking_person_booking_id", "case_gram_case_id", "claim_company_id", "company_person_company_id",
    "date_request_case_id", "delivery_mail_id", "document_case_id", "document_case_id_key_version",
    "inbound_mail_case_id", "key_letter_case_id", "known_place_user_id", "mandate_user_id", "note_case_id",
    "opening_case_id", "record_view_user_id", "release_package_id", "reminder_task_id", "saved_view_user_id",
    "user_role_user_id", "workspace_event_workspace_id", "workspace_file_workspace_id",
    "workspace_version_workspace_id", "workspace_visit_workspace_id",
)  # fmt: skip


def up(_migrator: Any, db: Any) -> None:
    """Whatever is stored wrote both."""
    for name in GONE:
        db.execute_sql(f'DROP INDEX IF EXISTS "{name}"')
