"""What may stand in a value: the kind decides how it is checked, and which choice the designer offers."""

from __future__ import annotations

from enum import Enum

from app.errors import N_
from app.states import Standing


class Kind(Enum):
    """The value is a message id. Where a declaration says `many`, several stand there, comma-separated."""

    TEXT = N_("line of text")
    FLAG = N_("yes or no")
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
    DECISION = N_("decision")
    PROCESS = N_("process")
    OPERATOR = N_("operator")
    MESSAGE = N_("message")  # by name; a new one may be made
    SIGNAL = N_("signal")
    ERROR = N_("code of an error")
    ESCALATION = N_("code of an escalation")
    LINK = N_("name of a link")  # between two events of one process
    NEW = N_("new name")  # a name that is given here
    EXPRESSION = N_("condition in Python")  # over the routing values
    SCRIPT = N_("script")
    LOOP = N_("repetition")
    LINES = N_("text of several lines")
    WHOLE = N_("whole number")
    NUMBER = N_("number")
    OPTIONS = N_("options")
    COLUMNS = N_("columns")
    COMPONENTS = N_("components")
    FILE = N_("file")  # below files/
    SECTION = N_("section of settings")
    START_FIELD = N_("field of the start form")
    ANY_FIELD = N_("field of a form")
    WEEKDAYS = N_("days of the week")  # Monday = 0
    CLOCK = N_("time of day")
    SCALAR = N_("text, whole number, yes or no")
    TEMPLATE = N_("text with names")  # Jinja
    RECEIVER = N_("receiver of a mail")  # vendor, operator, group:<name>
    ATTACHMENT = N_("attachment")  # document, file:<name>, ics:<calendar>


# The public states of a case that a process may give it.
STATES = tuple(each.value for each in Standing if each is not Standing.OPEN)
