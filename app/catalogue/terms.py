"""What package.toml speaks of, as frozen facts (docs/package-format.md)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.states import Side


@dataclass(frozen=True, slots=True)
class Lane:
    id: str
    title: str
    title_en: str
    side: Side


@dataclass(frozen=True, slots=True)
class Stage:
    """A stretch of the vendor's way: the BPMN processes that belong to it."""

    id: str
    title: str
    title_en: str
    processes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Guideline:
    """目安: business days from completion of `start` to completion of `until`, on `side`'s turns."""

    id: str
    title: str
    title_en: str
    days: int
    start: str  # the key `from` of package.toml
    until: str
    side: Side


@dataclass(frozen=True, slots=True)
class Fee:
    id: str
    title: str
    title_en: str
    decision: str  # decision table with the outputs `amount` (yen before tax) and `tax_rate` (percent)
    due_days: int  # calendar days
    document: str  # PDF that shows the invoice


@dataclass(frozen=True, slots=True)
class Calendar:
    id: str
    title: str
    title_en: str
    weekdays: tuple[int, ...]  # Monday = 0
    capacity: int  # cases a day
    earliest_bd: int  # business days from today
    latest_days: int  # calendar days from today
    wishes: int
    hold_days: int  # calendar days that a date is held unpaid
    change_until_bd: int  # business days before the day until which the vendor may change it
    duration_minutes: int
    start: str  # "13:00"
    place: str
    place_en: str
    rooms: tuple[str, ...] = ()  # no two bookings are in one of these at one time
    capacity_on: tuple[str, ...] = ()  # "2026-12-15=2": what fits on single days, instead of `capacity`

    def fits(self, day: date) -> int:
        """How many cases fit on this day."""
        said = dict(each.split("=", 1) for each in self.capacity_on if "=" in each)
        return int(said.get(day.isoformat(), self.capacity))


@dataclass(frozen=True, slots=True)
class CardSet:
    id: str
    title: str
    title_en: str
    count: int
    loan_days: int


@dataclass(frozen=True, slots=True)
class DownloadGroup:
    id: str
    title: str
    title_en: str
    files: tuple[str, ...]  # names below files/


@dataclass(frozen=True, slots=True)
class Handout:
    """How a file below files/ is called where people read of it."""

    name: str
    title: str
    title_en: str


@dataclass(frozen=True, slots=True)
class CertificateRule:
    prefix: str
    document: str
    valid_months: int
    audit_opens_bd: int  # business days before the anniversary
    cure_days: int  # calendar days between suspension and withdrawal
    audit_near_bd: int = 20  # business days before the end at which those who have not begun are told once more


@dataclass(frozen=True, slots=True)
class Reminders:
    before_bd: tuple[int, ...] = ()
    after_bd: tuple[int, ...] = ()
    day_bd: tuple[int, ...] = ()  # before a settled day
    group_only: bool = False  # of what nobody of the staff has taken
    copies: tuple[str, ...] = ()  # addresses that get the reminders for staff besides
    overdue_copies: tuple[str, ...] = ()  # addresses that get those of what is overdue besides
    vendor_mail: str = ""
    operator_mail: str = ""


@dataclass(frozen=True, slots=True)
class Setting:
    """One value that templates print and staff may change; `sample` marks one that is to be replaced."""

    section: str
    key: str
    title: str
    title_en: str
    value: str | int | bool
    sample: bool
    format: str = ""  # of app.declarations.settings.KINDS
    help: str = ""
    help_en: str = ""
    second_person: bool = False  # a change is approved by somebody else
    dated: bool = False  # a change may be planned for a day
    choices: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.section}.{self.key}"
