"""Reads, checks and versions process packages (docs/package-format.md). No engine, no database, no web."""

from app.bpmn import Flow
from app.catalogue.checking import check, readable, require
from app.catalogue.drawn import Element, ProcessInfo
from app.catalogue.fields import form_fields
from app.catalogue.loading import from_archive, from_files, load, to_archive
from app.catalogue.model import DocumentSource, MailSource, Package
from app.catalogue.places import located
from app.catalogue.terms import (
    Calendar,
    CardSet,
    CertificateRule,
    DownloadGroup,
    Fee,
    Guideline,
    Lane,
    Reminders,
    Setting,
    Stage,
)
from app.feel.dmn import Decision

__all__ = [
    "Calendar",
    "CardSet",
    "CertificateRule",
    "Decision",
    "DocumentSource",
    "DownloadGroup",
    "Element",
    "Fee",
    "Flow",
    "Guideline",
    "Lane",
    "MailSource",
    "Package",
    "ProcessInfo",
    "Reminders",
    "Setting",
    "Stage",
    "check",
    "form_fields",
    "from_archive",
    "from_files",
    "load",
    "located",
    "readable",
    "require",
    "to_archive",
]
