"""What the designer's scripts say: they get their words with the page, from the message catalogue."""

from __future__ import annotations

from flask_babel import gettext

from app.errors import N_
from app.web.designer.editor_words import EDITORS
from app.web.designer.words_canvas import CANVAS

PAGE = (
    N_("All changes are saved"),
    N_("Saved at %(time)s"),
    N_("Saving …"),
    N_("Not saved yet"),
    N_("Kept in this browser; it is sent as soon as the portal answers"),
    N_("You are signed out. What you write is kept in this browser and sent after you have signed in again."),
    N_("The portal does not answer at the moment. Try again in a moment."),
    N_("Sign in"),
    N_("Try again"),
    N_("This file cannot be shown here. It can be fetched, and replaced by another one."),
    N_("Fetch the file"),
    N_("Replace it"),
    N_("Close"),
    N_("Close %(title)s"),
    N_("Open files"),
    N_("No file is open. Choose one on the left."),
    N_("Problems"),
    N_("No problem is known"),
    N_("%(errors)s errors, %(warnings)s warnings"),
    N_("Error (must be mended)"),
    N_("Warning"),
    N_("Removed"),
    N_("New"),
    N_("Changed"),
    N_("Put it back"),
    N_("As in the release again"),
    N_("Take the file out"),
    N_("Take out %(title)s? What it holds is kept, and can be put back."),
    N_("Yes"),
    N_("Cancel"),
    N_("%(names)s also has this file open"),
    N_("You have this file open in another window, too"),
    N_("Somebody was faster"),
    N_("%(name)s saved this file at %(time)s, while you were writing. Nothing is lost: both texts are kept."),
    N_("You saved this file in another window at %(time)s. Nothing is lost: both texts are kept."),
    N_("Yours"),
    N_("Theirs"),
    N_("Keep mine"),
    N_("Take theirs"),
    N_("The other text stays under “kept versions” of this file."),
    N_("It was removed."),
    N_("Kept versions"),
    N_("Kept aside: %(name)s, %(time)s"),
    N_("Saved: %(name)s, %(time)s"),
    N_("Show"),
    N_("Use this one"),
    N_("There is no earlier version."),
    N_("Text of %(file)s"),
    N_("The text was sent again after you came back: it is saved."),
    N_("New file"),
    N_("Its id"),
    N_("Small letters, digits, _ and -; a form is called like its step."),
    N_("“%(id)s” is no id: small letters, digits, _ and - alone."),
    N_("Make it"),
    N_("This draft is not being written at the moment; it can be read."),
    N_("Changed lines are marked."),
    N_("Rename it"),
    N_("New name"),
    N_("Continue"),
)

# By the module of the browser that says them; each editor has its own list.
LISTS = {"page": PAGE, "canvas": CANVAS, "editors": EDITORS}


def spoken() -> dict[str, str]:
    """Message id to words in the reader's language."""
    return {message: gettext(message) for words in LISTS.values() for message in words}
