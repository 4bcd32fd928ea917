"""What Jinja says of a template in its own English, in words of ours (message ids).

A wording that is not listed is told as the plain fact that what stands there has no meaning, or cannot be done: no
foreign sentence reaches the page.
"""

from __future__ import annotations

import re
from typing import Final

from app.errors import N_

_TEMPLATE = (
    (
        r"Unexpected end of template",
        N_("a block {% … %} is not closed: {% endif %}, {% endfor %} or {% endblock %} is missing"),
    ),
    (r"Encountered unknown tag", N_("there is no such tag {% … %}")),
    (r"Missing end of (raw|comment)|Missing end of", N_("a comment {# … #} or block is not closed")),
    (r"expected token 'end of print statement'", N_("a value {{ … }} is not closed, or two values follow each other")),
    (r"expected token 'end of statement block'", N_("a tag {% … %} is not closed, or something is one too many in it")),
    (r"unexpected char", N_("a character has no meaning there (quotes must be \" or ')")),
    (r"unexpected '[)\]}]'|unexpected end of (print|statement)|Expected an expression", N_("a value is missing there")),
    (r"block '.*' defined twice", N_("two blocks have the same name")),
)
_TEMPLATE_ELSE = N_("what stands there has no meaning")

# What bounds a template at work; our sandbox says these itself.
TOO_MUCH: Final = N_("the template asks for too much work or text")
TOO_LONG: Final = N_("the template is too long")
OPERATOR: Final = N_("an operator that is for numbers alone is used on something else")
LARGE: Final = N_("the number is too large")
RANGE: Final = N_("range() gives 1,000 numbers at most")
_OWN = frozenset({TOO_MUCH, TOO_LONG, OPERATOR, LARGE, RANGE})
_AT_WORK = (
    ("SecurityError", N_("it reaches for what templates may not use")),
    ("TemplateNotFound", N_("it builds on a template that is not there")),
    ("RecursionError", N_("it is nested too deep")),
    ("ZeroDivisionError", N_("it divides by zero")),
    ("OverflowError", LARGE),
)
_NOT_SO = N_("a value is used as what it is not; it may be empty")


def of_template(said: str) -> str:
    """Of one that cannot be read."""
    return next((words for pattern, words in _TEMPLATE if re.search(pattern, said)), _TEMPLATE_ELSE)


def of_rendering(error: Exception) -> str:
    """Of one that failed at its work."""
    kinds = [kind.__name__ for kind in type(error).__mro__]
    if "TemplateSyntaxError" in kinds:
        return of_template(str(getattr(error, "message", "")))
    if str(error) in _OWN:
        return str(error)
    return next((words for kind, words in _AT_WORK if kind in kinds), _NOT_SO)
