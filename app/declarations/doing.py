"""Properties of who does a step, and after whom."""

from __future__ import annotations

from app.declarations.kinds import Kind
from app.declarations.property import USER, WORKS, Group, Property
from app.errors import N_
from app.states import Side

WHO: tuple[Property, ...] = (
    Property(
        "lane",
        N_("Lane"),
        N_("who does it, where the step stands in no lane of the diagram (inside a subprocess)"),
        Kind.LANE,
        Group.WHO,
    ),
    Property(
        "group",
        N_("Staff group"),
        N_("the group of staff that sees the task among its own work"),
        Kind.GROUP,
        Group.WHO,
        USER,
        side=Side.OPERATOR,
    ),
    Property(
        "not_same_as",
        N_("Done by somebody else than"),
        N_("whoever did one of these steps last cannot do this one"),
        Kind.USER_TASK,
        Group.WHO,
        USER,
        many=True,
    ),
    Property(
        "after",
        N_("Only after the answer to"),
        N_(
            "steps that are answered first where they are open beside this one: until then the task can be read "
            "and not answered, it is not its side's turn, and its days have not begun"
        ),
        Kind.USER_TASK,
        Group.WHO,
        USER,
        many=True,
    ),
    Property(
        "skippable",
        N_("Staff may skip it"),
        N_(
            "when the portal cannot do this step, staff may go on without it, with a reason that stays on record."
            " What follows must do without its result"
        ),
        Kind.FLAG,
        Group.WHO,
        WORKS,
    ),
    Property(
        "binds",
        N_("Binds the company"),
        N_(
            "what is answered binds the company (a contract, a payment); an agent does it only when the company "
            "lets them"
        ),
        Kind.FLAG,
        Group.WHO,
        USER,
    ),
    Property(
        "proves_company",
        N_("Proves the company"),
        N_(
            "when this holds as the task is completed, the company of the case is proved to be the one of its "
            "corporate number. For each review that sees the registry certificate. Without any, companies stay "
            "provisional until a certificate is issued or staff confirm them"
        ),
        Kind.CONDITION,
        Group.WHO,
        USER,
        side=Side.OPERATOR,
    ),
)
