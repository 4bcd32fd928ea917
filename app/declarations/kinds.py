"""What may stand in a value: the kind decides how it is checked, and which choice the designer offers."""

from __future__ import annotations

from enum import Enum

from app.errors import N_
from app.states import Standing


class Kind(Enum):
    """The value is a message id. Where a declaration says `many`, several stand there, comma-separated."""

    TEXT = N_("text")
    FLAG = N_("true or false")
    DAYS = N_("number or setting")  # business days: a whole number, or section.key of a setting that is one
    ONE_OF = N_("one of these")  # the declaration's `choices`
    ANSWER = N_("expression")  # Python, run in the sandbox
    CONDITION = N_("condition")  # S-FEEL over the fields of the element's own form
    LANE = N_("lane")
    GROUP = N_("group")  # of staff
    NAME = N_("routing value")  # of task data, set by some element
    FIELD = N_("field")  # of the element's own form
    ELEMENT = N_("element")
    USER_TASK = N_("user task")
    SECRETS = N_("user task with secrets")
    FEE = N_("fee")
    DOCUMENT = N_("document")
    SHOWN = N_("answer, document or file")
    DOWNLOADS = N_("download group")
    CARDS = N_("card set")
    CALENDAR = N_("calendar")
    MAIL = N_("mail")
    SETTING = N_("setting")  # section.key


# The public states of a case that a process may give it.
STATES = tuple(each.value for each in Standing if each is not Standing.OPEN)
