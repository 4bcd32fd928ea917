"""Every way in which a case can end has words of its own (package.toml, [ends])."""

from __future__ import annotations

from app.catalogue.complaints import Complaints, quoted
from app.catalogue.manifest import FILE
from app.catalogue.model import Package
from app.declarations import STATES
from app.errors import N_
from app.states import CertificateState, Standing

_LACKS = N_(
    "Cases of this process can end as “%(state)s”, and package.toml does not say what people then read: add "
    "[ends.%(name)s]."
)
_TWICE = N_("[ends.%(name)s] and [ends.%(other)s] are for the same end: change one.")
# What the register does to a certificate for good, by the operator that does it.
_FOR_GOOD = {"certificate_withdraw": CertificateState.WITHDRAWN, "certificate_end": CertificateState.ENDED}


class EndChecks:
    """Over the package as a whole."""

    def __init__(self, package: Package, complaints: Complaints) -> None:
        self.package = package
        self.complaints = complaints

    def run(self) -> None:
        ends = self.package.declared.ends
        said: dict[tuple[str, str, bool], str] = {}
        for end in ends.values():
            other = said.setdefault((end.state, end.certificate, end.dormant), end.id)
            if other != end.id:
                self.complaints.warn(FILE, f"ends.{end.id}", _TWICE, name=end.id, other=other)
        states, certificates = {end.state for end in ends.values()}, {end.certificate for end in ends.values()}
        for element in self.package.elements.values():
            if element.operator == "milestone":
                for state in quoted(element.parameters.get("state", "")) or ():
                    if state in STATES and state not in (Standing.CERTIFIED.value, *states):
                        self.complaints.warn(element.file, element.id, _LACKS, state=state, name=state)
            gone = _FOR_GOOD.get(element.operator)
            if gone is not None and gone.value not in certificates:
                self.complaints.warn(element.file, element.id, _LACKS, state=gone.value, name=gone.value)
