"""What the page of a Play says by its script."""

from __future__ import annotations

from flask_babel import gettext

from app.errors import N_

WORDS = (
    N_("Somebody who is about to apply"),
    N_("Vendor"),
    N_("Certifying body"),
    N_("Diagram of %(case)s"),
    N_("%(who)s (%(count)s waiting)"),
    N_(", "),
    N_("It is being set up …"),
    N_("The package cannot run:"),
    N_("This Play has ended."),
    N_("Nothing happens by itself before somebody acts."),
    N_("Next by itself: %(moment)s"),
    N_("Mail"),
    N_("Document"),
    N_("Webhook"),
    N_("Trouble"),
    N_("to %(name)s"),
    N_("Nothing has arrived yet."),
    N_("No case yet: apply on the left, or let one walk by itself."),
    N_("ended"),
    N_("whose turn: %(who)s"),
    N_("Kept as %(path)s, %(steps)s steps. It runs with the other scenarios from now on."),
    N_("The file can be fetched:"),
    N_("When it is walked again it comes out otherwise:"),
    N_("Keep it nevertheless"),
    N_("to the end"),
    N_("Working …"),
)


def spoken() -> dict[str, str]:
    """Message id to words in the reader's language."""
    return {message: gettext(message) for message in WORDS}
