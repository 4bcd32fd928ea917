"""Who wrote a mail: a person, or a machine (RFC 3834 sections 2 and 5).

A list, a group or a relay only carries what a person wrote: its marks (List-*, Precedence: bulk) say nothing here. Nor
does a rule of somebody's mailbox that sends a file: what brings files is for a person to look at.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from app.states import Writer

_AWAY = re.compile(
    r"^\W{0,3}(?:自動(?:応答|返信|回答)|不在(?:通知|連絡|のお知らせ|のため|中|の自動)|休暇(?:中|のお知らせ|のため)"
    r"|auto(?:matic|mated)?[- ]?(?:reply|response|replied|answer)\b|out[- ]of[- ](?:the[- ])?office|ooo:|auto:"
    r"|on vacation|vacation reply|abwesenheit|automatische antwort|réponse automatique|respuesta automática"
    r"|자동 ?회신|自动答复|自動回覆)",
    re.IGNORECASE,
)
_SUPPRESSED = re.compile(r"\b(?:all|oof|autoreply)\b", re.IGNORECASE)


def kind(header: Callable[[str], str], subject: str, content_type: str, *, files: bool) -> Writer:
    """Who wrote a mail that is no delivery report. `header` gives a header's text, empty when there is none; `files`:
    whether it brings any beside the pictures of its text."""
    if header("X-Nintei-Mail") or content_type == "multipart/report":  # our own; a receipt that it was read (RFC 8098)
        return Writer.MACHINE
    submitted = header("Auto-Submitted").partition(";")[0].partition("(")[0].strip().lower()
    automatic = submitted not in {"", "no"} or header("Return-Path").strip() == "<>"
    if files:
        return Writer.PERSON
    if _AWAY.match(subject) or submitted == "auto-replied" or _answering(header):
        return Writer.ABSENCE
    if automatic:
        return Writer.ABSENCE if header("In-Reply-To") else Writer.MACHINE
    return Writer.PERSON


def _answering(header: Callable[[str], str]) -> bool:
    if any(
        header(each) for each in ("X-Autoreply", "X-Autorespond", "X-Autoresponder", "X-Autoresponse", "X-Vacation")
    ):
        return True
    if header("Precedence").strip().lower() == "auto_reply" or _SUPPRESSED.search(header("X-Auto-Response-Suppress")):
        return True
    return "rules agent" in header("X-MS-Exchange-Generated-Message-Source").lower()
