"""What templates may say of a case: the names that they are given, and what each of them has.

docs/package-format.md, "Mails and PDFs: what templates may say", is for people; this is what `nintei check` goes by.
A test builds the real context (`services.context`) and compares.
"""

from __future__ import annotations

# Names with members. Of a name in LISTS these are the members of one item.
MEMBERS: dict[str, frozenset[str]] = {
    "package": frozenset({"id", "title"}),
    "case": frozenset({"number", "system_name", "company_name", "contact_name", "applied_on", "url", "state"}),
    "company": frozenset(
        {
            "name", "kana", "corporate_number", "postal_code", "address", "representative", "representative_title",
            "department", "contact_name", "email", "phone", "payer", "payer_postal_code", "payer_address",
            "delivery_name", "delivery_postal_code", "delivery_address",
        }
    ),
    "task": frozenset({"title", "name", "item", "url", "due"}),
    "links": frozenset({"entry", "entry_expires", "case", "register", "site"}),
    "comments": frozenset({"where", "text"}),
    "invoice": frozenset(
        {
            "number", "title", "fee", "issued_on", "due_on", "amount", "tax_rate", "tax", "total", "paid", "balance",
            "state",
        }
    ),
    "booking": frozenset(
        {"calendar", "title", "date", "start", "end", "place", "state", "attempt", "sequence", "held_until"}
    ),
    "cards": frozenset({"serial", "uid", "set_title", "set", "due_back"}),
    "certificate": frozenset(
        {
            "number", "issued_on", "valid_until", "extended_until", "certified_on", "company_name", "system_name",
            "edition", "state",
            "listing", "url", "qr",
        }
    ),
    "documents": frozenset({"title", "filename", "made_on", "digest"}),
    "timeline": frozenset({"at", "title", "actor", "text", "kind"}),
    "key": frozenset({"component", "kcv", "file_kcv", "recipient", "reference", "public_key"}),
    "labels": frozenset({"serial", "case_number", "set_title", "batch"}),
    "mail": frozenset({"id", "to", "attachments"}),
    "payment": frozenset({"paid_on", "amount", "payer"}),
    "receipt": frozenset({"title", "number", "sent_at", "sender", "on_behalf_of", "lines", "files"}),
}  # fmt: skip
MEMBERS["invoices"] = MEMBERS["invoice"]
LISTS = frozenset({"comments", "cards", "invoices", "documents", "timeline", "labels"})

# Every template is given these, beside the sections of the package's settings.
CASE = frozenset({*MEMBERS, "settings", "answers", "shipment", "data", "today", "english"}) - {
    "key",
    "labels",
    "mail",
    "payment",
    "receipt",
}
# What some are given beside them, by the place where the template stands.
IN_MAILS = frozenset({"message", "addressee", "receipt"})
IN_LAYOUTS = frozenset({"message", "addressee", "subject", "content", "mail"})  # _shared/mail.html and mail.txt
IN_DOCUMENTS = frozenset({"title", "document_id", "key", "labels", "payment", "receipt"})
LAYOUTS = ("_shared/mail.html", "_shared/mail.txt")

# Jinja's own (its template designer documentation, 3.1): names, and a mapping's methods, which are no members of ours.
JINJAS = frozenset({"super", "self", "loop", "caller", "varargs", "kwargs", "range", "dict", "namespace"})
METHODS = frozenset({"items", "keys", "values", "get"})
TESTS = frozenset(
    {
        "boolean", "callable", "defined", "divisibleby", "eq", "equalto", "escaped", "even", "false", "filter", "float",
        "ge", "gt", "greaterthan", "in", "integer", "iterable", "le", "lower", "lt", "lessthan", "mapping", "ne",
        "none", "number", "odd", "sameas", "sequence", "string", "test", "true", "undefined", "upper", "==", "!=", ">",
        ">=", "<", "<=",
    }
)  # fmt: skip
