"""Properties of days: when a step is due, and the days that are booked."""

from __future__ import annotations

from app.declarations.kinds import Kind
from app.declarations.property import USER, Group, Property
from app.errors import N_

DATED: tuple[Property, ...] = (
    Property(
        "due_bd",
        N_("Due in business days"),
        N_("business days until it is due: a number, or a setting that staff can change"),
        Kind.DAYS,
        Group.DAYS,
        USER,
    ),
    Property(
        "due_from",
        N_("Days are counted from"),
        N_(
            "the days are counted from the end of this step instead of from the opening of the task: the mail "
            "that asks for it can then name the day. A task that is done again is counted from its opening"
        ),
        Kind.ELEMENT,
        Group.DAYS,
        USER,
    ),
    Property(
        "due_value",
        N_("Due by a routing value"),
        N_(
            "the value that holds the last day, such as `certificate.valid_until`. Of the rows of a list "
            "(`findings.mend_by`) the earliest counts, of several values the first that holds a day. As long as "
            "that day is still to come, the business days do not count"
        ),
        Kind.TEXT,
        Group.DAYS,
        USER,
        many=True,
    ),
    Property(
        "before_day_bd",
        N_("Business days before the settled day"),
        N_(
            "done at the latest so many business days before the day that is settled in its process. A calendar offers "
            "only days that leave room for all of these steps"
        ),
        Kind.WHOLE,
        Group.DAYS,
        USER,
    ),
    Property(
        "after_day_bd",
        N_("Business days after the settled day"),
        N_(
            "for what is done on a settled day, an exam for instance: due so many business days after that day, "
            "whenever the task opens. Where no day is settled, the business days until it is due count"
        ),
        Kind.WHOLE,
        Group.DAYS,
        USER,
    ),
    Property(
        "day_until",
        N_("Last day that may be chosen"),
        N_(
            "the value that holds the last day that the calendar offers here; of several the first that holds a "
            "day. The task is due while that day can still be reached"
        ),
        Kind.TEXT,
        Group.DAYS,
        USER,
        many=True,
    ),
    Property(
        "beside",
        N_("Runs beside the rest"),
        N_(
            "runs beside the rest: while something else is open, it does not say whose turn it is, nor stop the "
            "days from being counted"
        ),
        Kind.FLAG,
        Group.DAYS,
        USER,
    ),
    Property(
        "calendar",
        N_("Calendar that is offered"),
        N_("the calendar whose free days the form offers"),
        Kind.CALENDAR,
        Group.DAYS,
        USER,
    ),
    Property(
        "books",
        N_("Day that is settled"),
        N_(
            "the calendar in which the day of the form (key `date`) is held for the case; behind it, `booking` is"
            " `held`"
        ),
        Kind.CALENDAR,
        Group.DAYS,
        USER,
        needs=("date",),
        routes="booking",
    ),
    Property(
        "firm",
        N_("Day that is firm"),
        N_("the date held in this calendar is firm from here, paid for or not (a free retest)"),
        Kind.CALENDAR,
        Group.DAYS,
    ),
)
