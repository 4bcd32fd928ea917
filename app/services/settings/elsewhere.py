"""What staff own and change at other places of the portal: where, and who may. The index of settings names it all."""

from __future__ import annotations

from dataclasses import dataclass, fields

from app.errors import N_
from app.states import ACCOUNTS, BODY, Right, holders
from app.text.fold import fold
from config.settings import PREFIX, Settings


@dataclass(frozen=True, slots=True)
class Place:
    """Something that is changed elsewhere. `where`: the page's name; `url`: its address, "" where it is no page.
    `part`: what a process must have for it to be there (`Spoken.parts`)."""

    title: str
    where: str
    url: str
    right: Right | None
    part: str = ""

    @property
    def who(self) -> tuple[str, ...]:
        """The roles that may, as message ids."""
        if self.right is None:
            return (N_("whoever runs the server"),)
        having = holders(self.right)
        return tuple(ACCOUNTS[role] for role in BODY if role in having)


_DRAWN = (N_("Process design"), "/designer", Right.DESIGN)  # in a draft of the process, which is then released


def _drawn(section: str) -> tuple[str, str, Right]:
    """The same, at a section of package.toml."""
    return _DRAWN[0], f"/designer/at?file=package.toml&at={section}", _DRAWN[2]


PLACES = (
    Place(N_("Closing days of the body"), N_("Calendar"), "/calendar", Right.DAYS),
    Place(N_("Settled days of cases: another day, person or room"), N_("Calendar"), "/calendar", Right.DAYS),
    Place(N_("People, their roles and groups"), N_("Records"), "/admin/user/", Right.PEOPLE),
    Place(N_("Absences and delegates"), N_("Absence and delegates"), "/absences", Right.WORK),
    Place(N_("Which groups there are, and which steps are theirs"), *_drawn("groups")),
    Place(N_("Diagrams: steps, their order, who does them, when they are due"), *_DRAWN),
    Place(N_("Forms and what they ask"), *_DRAWN),
    Place(N_("Wording of mails and papers"), *_DRAWN),
    Place(N_("Which fee is due when, and what passes an exam: decision tables"), *_DRAWN),
    Place(N_("First and last day that a calendar offers, and how many wishes"), *_drawn("calendars"), "calendars"),
    Place(N_("How many cards a set has"), *_drawn("cards"), "cards"),
    Place(N_("How long certificates hold"), *_drawn("certificate"), "certificate"),
    Place(N_("Desks with a card reader"), N_("Cards"), "/cards", Right.CARD_DESKS, "cards"),
    Place(N_("Columns of a bank’s files"), N_("Payments"), "/payments/bank", Right.MONEY),
    Place(N_("Mail server, addresses, keys and limits of the installation (NINTEI_…)"),
          N_("Settings of the server (docs/settings.md)"), "", None),
)  # fmt: skip


def server() -> tuple[str, ...]:
    """The names of what is set where the portal is started; their values are not shown."""
    return tuple(f"{PREFIX}{each.name.upper()}" for each in fields(Settings))


def matches(place: Place, words: str, *spoken: str) -> bool:
    """Whether a search finds it."""
    said = fold(" ".join((*spoken, *(server() if not place.url else ()))))
    return all(fold(word) in said for word in words.split())
