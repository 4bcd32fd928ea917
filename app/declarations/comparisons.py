"""How values are compared: in conditions of diagrams (Python), and in those of forms and cells of tables (S-FEEL).

The designer offers 項目 · は · 値 from here; a test runs each in both languages.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.errors import N_

TEXT, NUMBER, FLAG, DAY, LIST = "text", "number", "flag", "day", "list"


@dataclass(frozen=True, slots=True)
class Comparison:
    """One way. `python`, `feel`: how it is written, with places {name}, {value} and {to}: a name, a constant in its
    language (of `several`: constants, comma-separated), and of a span its end. `of`: kinds of value that it is for.
    """

    id: str
    title: str
    python: str
    feel: str
    of: tuple[str, ...]
    several: bool = False


_ALL = (
    Comparison("is", N_("equals"), "{name} == {value}", "{name} = {value}", (TEXT, NUMBER, DAY)),
    Comparison("is_not", N_("is not"), "{name} != {value}", "{name} != {value}", (TEXT, NUMBER, DAY)),
    Comparison("one_of", N_("is one of"), "{name} in [{value}]", "{name} in [{value}]", (TEXT, NUMBER), several=True),
    Comparison("none_of", N_("is none of"), "{name} not in [{value}]", "not({name} in [{value}])", (TEXT, NUMBER),
               several=True),
    Comparison("less", N_("is less than"), "{name} < {value}", "{name} < {value}", (NUMBER,)),
    Comparison("at_most", N_("is at most"), "{name} <= {value}", "{name} <= {value}", (NUMBER,)),
    Comparison("more", N_("is more than"), "{name} > {value}", "{name} > {value}", (NUMBER,)),
    Comparison("at_least", N_("is at least"), "{name} >= {value}", "{name} >= {value}", (NUMBER,)),
    Comparison("between", N_("is from … to"), "{value} <= {name} <= {to}", "{name} in [{value}..{to}]",
               (NUMBER, DAY)),
    Comparison("before", N_("is before"), "{name} < {value}", "{name} < {value}", (DAY,)),
    Comparison("after", N_("is after"), "{name} > {value}", "{name} > {value}", (DAY,)),
    Comparison("yes", N_("is yes"), "{name}", "{name} = true", (FLAG,)),
    Comparison("no", N_("is no"), "not {name}", "{name} = false", (FLAG,)),
    Comparison("holds", N_("contains"), "{value} in {name}", "{value} in {name}", (LIST,)),
    Comparison("lacks", N_("does not contain"), "{value} not in {name}", "not({value} in {name})", (LIST,)),
    Comparison("empty", N_("is not filled in"), "{name} is None", "{name} = null", (TEXT, NUMBER, DAY, FLAG, LIST)),
    Comparison("filled", N_("is filled in"), "{name} is not None", "{name} != null", (TEXT, NUMBER, DAY, FLAG, LIST)),
)  # fmt: skip
COMPARISONS: dict[str, Comparison] = {each.id: each for each in _ALL}
# Types of form components to the kind of value that their answer is; what is absent here is compared with nothing.
ANSWERS = {
    "textfield": TEXT, "textarea": TEXT, "number": NUMBER, "datetime": DAY, "checkbox": FLAG, "radio": TEXT,
    "select": TEXT, "checklist": LIST, "taglist": LIST,
}  # fmt: skip
