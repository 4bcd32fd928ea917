"""What a package declares for the portal's own acts: groups of staff, words, fields of the applicant, mails, documents.

The portal has no names of its own for these: it asks the package for what is declared under a purpose ("returned", "the
field of the company's number") and does without where nothing is declared.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Group:
    """A group of the staff whose work it is. `attends`: its people are there on booked days; `keeps_keys`: they look
    after the keys of cards; `anyone`: all staff may do its work."""

    id: str
    title: str
    title_en: str
    attends: bool = False
    keeps_keys: bool = False
    anyone: bool = False

    def named(self, lang: str) -> str:
        """The title in this language."""
        return self.title_en if lang == "en" else self.title


@dataclass(frozen=True, slots=True)
class Applicant:
    """Keys of the form fields that say who applies and for what; "" where no form asks."""

    email: str = ""
    name: str = ""
    contact: str = ""
    subject: str = ""  # what is certified: a system, a kitchen, the applicant themselves
    number: str = ""  # 法人番号
    kana: str = ""
    postal_code: str = ""
    address: tuple[str, ...] = ()  # the last one stands apart: the building
    representative: str = ""
    representative_title: str = ""
    department: str = ""
    phone: str = ""
    payer: str = ""  # as whom they pay, beside their name
    payer_postal_code: str = ""
    payer_address: str = ""
    delivery_name: str = ""  # where parcels go, if not to the address
    delivery_postal_code: str = ""
    delivery_address: str = ""
    key_recipients: tuple[str, ...] = ()  # two people: each receives one key letter
    listed_name: str = ""
    listed_subject: str = ""
    listed_about: str = ""
    listed_page: str = ""

    @property
    def recipients(self) -> tuple[str, str]:
        """The fields of the two people who receive key letters; "" for one that is not asked."""
        first, second = (*self.key_recipients, "", "")[:2]
        return first, second

    def said(self, values: Mapping[str, Any], what: str) -> str:
        """What an answer says under the field declared for `what`; "" where it says nothing."""
        key = getattr(self, what)
        return str(values.get(key) or "") if key else ""

    def where(self, values: Mapping[str, Any]) -> str:
        """The address as one line, without its postal code."""
        *street, building = self.address or ("",)
        line = "".join(str(values.get(key) or "") for key in street)
        return f"{line} {values.get(building) or ''}".strip()


@dataclass(frozen=True, slots=True)
class Word:
    """How the pages of a package call somebody or something."""

    id: str
    title: str
    title_en: str

    def named(self, lang: str) -> str:
        """The word in this language."""
        return self.title_en if lang == "en" else self.title


@dataclass(frozen=True, slots=True)
class Value:
    """How people call a routing value that neither a form nor a table names. `options`: `held=確保中`, a value and
    what it is called."""

    id: str
    title: str
    title_en: str
    options: tuple[str, ...] = ()

    @property
    def called(self) -> Mapping[str, str]:
        """What each of its values is called."""
        split = [each.partition("=") for each in self.options]
        return {value.strip(): words.strip() for value, _, words in split if words.strip()}


@dataclass(frozen=True, slots=True)
class End:
    """What people read of a case that has ended in this way."""

    id: str
    state: str  # of the case (states.Standing); "" for any
    certificate: str  # of its certificate (states.CertificateState); "" for any and for none
    title: str
    title_en: str
    sentence: str
    sentence_en: str
    dormant: bool = False  # one that the body has closed because nobody carried it on (休眠)


@dataclass(frozen=True, slots=True)
class Declared:
    """All of it. `format` is the edition of package.toml that says so."""

    format: int = 2
    entry_message: str = ""  # sent when the applicant has opened the link in the first mail
    give_up_message: str = ""  # ends what was certified, by its holder's wish
    undone_message: str = ""  # tells that a payment's confirmation was undone after the case had gone on
    contract: str = ""  # the element whose completion concludes the contracts
    groups: Mapping[str, Group] = field(default_factory=dict)
    words: Mapping[str, Word] = field(default_factory=dict)
    sections: Mapping[str, Word] = field(default_factory=dict)  # of settings: how they are called
    ends: Mapping[str, End] = field(default_factory=dict)
    values: Mapping[str, Value] = field(default_factory=dict)  # routing values that nothing else names
    applicant: Applicant = Applicant()
    mails: Mapping[str, str] = field(default_factory=dict)  # purpose to mail id
    documents: Mapping[str, str] = field(default_factory=dict)  # purpose to document id

    def end(self, state: str, certificate: str, *, dormant: bool = False) -> End | None:
        """The end of a case that stands so; what names the certificate's state says more than what does not, and what
        is for a dormant one more still."""
        fitting = [
            each
            for each in self.ends.values()
            if each.state in ("", state) and each.certificate in ("", certificate) and (each.state or each.certificate)
            if dormant or not each.dormant
        ]
        return max(fitting, key=lambda each: (each.dormant, bool(each.certificate), bool(each.state)), default=None)
