"""A made-up case, out of what the package itself says: what drafts of mails, documents and forms are shown with.

Answers are those of the package's scenarios, the first that there is for each form; a form that no scenario fills in
gets an answer of its fields' own kinds. Nothing here is of a real case, and no link leads anywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from app import forms
from app.catalogue import Package, scenarios
from app.errors import NinteiError
from app.forms import FieldSpec, FormSpec
from app.forms.spec import inputs
from app.services.days import bookings
from app.services.designing.samplethings import LINK, Things
from app.services.rehearsal.answers import Desk
from app.states import Side

NUMBER = "2026-0001"
PERSON, COMPANY, SUBJECT = "見本 花子", "株式会社みほん", "みほんシステム"
MAIL = "mihon@example.com"


class Sample(Things):
    """The case on one day. `base`: the portal's address, without a slash at its end."""

    def __init__(self, package: Package, settings: Mapping[str, Any], today: date, base: str) -> None:
        super().__init__(package, today, base)
        self.settings = settings
        self.now = datetime.combine(today, time(10), tzinfo=UTC)
        self.forms: dict[str, FormSpec] = {name: forms.stored(each, name)[0] for name, each in package.forms.items()}
        said = _said(package)
        self.answers = {element: self._answer(element, said.get(element)) for element in self.forms}

    # ---- what is answered

    def _answer(self, element: str, said: Mapping[str, Any] | None) -> dict[str, Any]:
        spec = self.forms[element]
        if said is not None:
            try:
                return Desk(self.today, self._days(element), 2).cleaned(spec, said, {})
            except NinteiError:  # the form was changed since: what still fits it is shown
                kept = {key: value for key, value in said.items() if spec.field(key) is not None}
                return {**self._made_up(spec), **kept}
        return self._made_up(spec)

    def _days(self, element: str) -> list[date]:
        found = self.package.elements.get(element)
        return bookings.of_empty(self.package, found, self.today) if found is not None else []

    def _calendar(self, element: str) -> Any:
        drawn = self.package.elements.get(element)
        name = (drawn.properties.get("calendar") or drawn.properties.get("books") or "") if drawn else ""
        return self.package.calendars.get(name)

    def _made_up(self, spec: FormSpec) -> dict[str, Any]:
        return {field.key: self._value(field) for field in spec.inputs()}

    def _value(self, field: FieldSpec) -> Any:
        kind = field.type.value
        if kind == "dynamiclist":
            return [{inner.key: self._value(inner) for inner in inputs(field.fields)}]
        if kind in ("checklist", "taglist"):
            return [option.value for option in field.options[:1]]
        if kind in ("radio", "select"):
            return field.options[0].value if field.options else ""
        made: dict[str, Any] = {
            "number": 1,
            "checkbox": True,
            "datetime": {"time": "10:00", "datetime": f"{self.today}T10:00"}.get(field.subtype, self.today.isoformat()),
            "filepicker": [{"id": "", "name": f"{field.label}.pdf", "size": 1000, "mime": "application/pdf"}],
        }
        return made.get(kind, f"（{field.label}）")

    # ---- what there is

    def choices(self, element: str) -> dict[str, list[tuple[str, str]]]:
        """What the form's choices offer that come from the case."""
        calendar = self._calendar(element) or next(iter(self.package.calendars.values()), None)
        days = bookings.possible_days(calendar, self.today)[:5] if calendar is not None else []
        return {
            "calendar": [(day.isoformat(), day.isoformat()) for day in days],
            "wishes": [(day.isoformat(), day.isoformat()) for day in days[:2]],
            "examiners": [(PERSON, PERSON)],
            "cards": [(card["serial"], card["serial"]) for card in self._cards()],
        }

    def context(self, element: str = "") -> dict[str, Any]:
        """What a template is given (catalogue.template_names). `element`: for which the mail or document is made."""
        base, merged = self.base, self._merged()
        fields = self.package.applicant
        subject = fields.said(merged, "subject") or SUBJECT
        company = {
            "name": fields.said(merged, "name") or COMPANY,
            "address": fields.where(merged),
            "corporate_number": fields.said(merged, "number"),
            "contact_name": fields.said(merged, "contact") or PERSON,
            "email": fields.said(merged, "email") or MAIL,
            **{name: fields.said(merged, name) for name in (
                "kana", "postal_code", "representative", "representative_title", "department", "phone",
                "payer", "payer_postal_code", "payer_address")},
            "delivery_name": fields.said(merged, "delivery_name"),
            "delivery_postal_code": fields.said(merged, "postal_code"),
            "delivery_address": fields.where(merged),
        }  # fmt: skip
        case = {
            "number": NUMBER,
            "system_name": subject,
            "company_name": company["name"],
            "contact_name": company["contact_name"],
            "applied_on": self.now,
            "url": f"{base}/cases/{NUMBER}",
            "state": "open",
        }
        claim = self._invoice(element)
        return {
            **self.settings,
            "package": {"title": self.package.title, "id": self.package.id},
            "case": case,
            "company": company,
            "settings": self.settings,
            "answers": self.answers,
            "task": self._task(element),
            "links": {
                "entry": f"{base}/enter/{LINK}",
                "entry_expires": self.now + timedelta(days=14),
                "case": case["url"],
                "register": f"{base}/systems",
                "site": base,
            },
            "comments": [{"where": "書類", "text": "日付をご確認ください。"}],
            "invoice": claim,
            "invoices": [claim] if claim else [],
            "booking": self._booking(),
            "cards": self._cards(),
            "certificate": self._certificate(company["name"], subject),
            "shipment": self._shipment(element),
            "documents": [
                {"title": each.title, "filename": f"{each.id}.pdf", "made_on": self.now, "digest": "0" * 64}
                for each in list(self.package.documents.values())[:3]
                if "{" not in each.title
            ],
            "timeline": [{"at": self.now, "title": self.package.title, "actor": PERSON, "text": "", "kind": "step"}],
            "data": self._routed(),
            "today": self.today,
            "english": False,
        }

    def more(self) -> dict[str, Any]:
        """What only some templates are given: letters with key components, labels of cards, a message's text."""
        sets = list(self.package.cards.values())
        return {
            "message": "ここに文章が入ります。",
            "addressee": "",
            "payment": {"paid_on": self.today, "amount": 110_000, "payer": "ｶ)ﾐﾎﾝ"},
            "receipt": {
                "title": self._task("")["title"], "number": f"{NUMBER}-1",
                "sent_at": self.now, "sender": PERSON, "on_behalf_of": "",
                "lines": [{"label": "項目", "section": "", "text": "ここに回答が入ります。"}],
                "files": [{"title": "項目", "name": "書類.pdf", "size": 12_345, "digest": "0" * 64}],
            },
            "key": {
                "component": "XXXX XXXX XXXX XXXX", "kcv": "000000", "file_kcv": "000000", "recipient": PERSON,
                "reference": NUMBER, "public_key": "",
            },
            "labels": [
                {"serial": card["serial"], "case_number": NUMBER, "set_title": card["set_title"], "batch": "1"}
                for card in self._cards()
            ] if sets else [],
        }  # fmt: skip

    def _merged(self) -> dict[str, Any]:
        merged: dict[str, Any] = {}
        for element, values in self.answers.items():
            drawn = self.package.elements.get(element)
            if drawn is None or drawn.side == Side.VENDOR:
                merged.update({key: value for key, value in values.items() if value not in (None, "")})
        return merged


def _said(package: Package) -> dict[str, Mapping[str, Any]]:
    """What the scenarios answer to each form."""
    found: dict[str, Mapping[str, Any]] = {}
    walks = scenarios.read(package.files).scenarios
    for walk in sorted(walks.values(), key=lambda each: (-len(each.steps), each.name)):  # the longest tells most
        for step in walk.steps:
            answer = step.raw.get("answer")
            if step.element and isinstance(answer, Mapping):
                found.setdefault(step.element, answer)
    return found
