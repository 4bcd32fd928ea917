"""The closed sets of words that diagrams may use (docs/package-format.md, "BPMN: what the portal reads")."""

from __future__ import annotations

from decimal import Decimal

from app.catalogue.domains import INFINITE, Domain, Range, of_kind

STATES = ("certified", "withdrawn", "rejected", "closed")
PRESENTATIONS = ("button", "post")
_USER = ("userTask",)
_ANY: tuple[str, ...] = ()
THROWS = ("sendTask", "intermediateThrowEvent", "endEvent")  # what they have to do with an event is to throw it
# Property to the kinds of element that may carry it; () = any.
PROPERTIES: dict[str, tuple[str, ...]] = {
    "lane": _ANY,
    "routes": _USER,
    "due_bd": _USER,
    "presentation": _USER,
    "group": _USER,
    "item": _USER,
    "not_same_as": _USER,
    "reviews": _USER,
    "invoice": _ANY,
    "confirms": _USER,
    "makes": _ANY,
    "shows": _USER,
    "releases": _ANY,
    "cards": _USER,
    "returns_cards": _USER,
    "beside": _USER,
    "calendar": _USER,
    "books": _USER,
    "firm": _ANY,
    "secrets": _USER,
    "shows_secrets": _USER,
    "sends": _USER,
    "reply_by_mail": _USER,
    "binds": _USER,
    "proves_company": _USER,
    "number": _ANY,
    "carries": THROWS,
    "returns": ("callActivity",),
}
FLAGS = ("reply_by_mail", "binds", "returns_cards", "beside")  # properties that are true or false
NEEDED_FIELDS = {"confirms": ("amount", "paid_on", "payer"), "books": ("date",)}
PORTAL_ROUTES = {"confirms": "payment", "books": "booking"}  # what the portal itself routes
SIDES = ("vendor", "operator")
# What a service task leaves under its `resultVariable`.
RESULTS = {
    **dict.fromkeys(
        ("certificate_issue", "certificate_list", "certificate_extend", "certificate_suspend"), of_kind("dict")
    ),
    "cards_out": Domain(numbers=Range(Decimal(0), INFINITE, True)),
}
