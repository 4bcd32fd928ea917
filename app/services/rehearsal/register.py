"""The certificate of a rehearsed case: the same dates as the register's, kept nowhere."""

from __future__ import annotations

from datetime import date
from typing import Any

from app.catalogue import CertificateRule, Package
from app.errors import Permanent
from app.services.register import validity


class Register:
    """What the operators `certificate_…` change and answer. `shown`: the state on the public register, "" off it."""

    def __init__(self, package: Package) -> None:
        self._rule = package.certificate
        self._state = ""  # "" before the certificate is issued
        self._listed = self._renewed = False
        self._until = date.min

    @property
    def rule(self) -> CertificateRule:
        """How certificates of the package are made. Raises Permanent."""
        if self._rule is None:
            raise Permanent("The package does not say how its certificates are made (package.toml, [certificate])")
        return self._rule

    @property
    def shown(self) -> str:
        """The certificate's state on the public register; "" while it is not there."""
        return self._state if self._listed else ""

    def operate(self, operator: str, today: date) -> dict[str, Any]:
        """What the operator answers: routing values."""
        if operator != "certificate_issue" and not self._state:
            raise Permanent("The case has no certificate yet")
        if operator == "certificate_issue" and not self._state:
            self._state, self._until = "valid", validity.first_term(today, self.rule)
        elif operator == "certificate_issue":
            self._until, self._renewed = validity.next_term(self._until, self.rule), True
        elif operator == "certificate_list":
            self._listed = True
        elif operator == "certificate_extend":
            if not self._renewed:
                self._until = validity.next_term(self._until, self.rule)
            self._state, self._renewed = "valid", False
        elif operator == "certificate_suspend":
            self._state = "suspended"
        elif operator == "certificate_withdraw":
            self._state = "withdrawn"
        found = validity.dates(f"{self.rule.prefix}-0001", self._until, self.rule, frozenset())
        return {**found, **(validity.cure(today, self.rule) if operator == "certificate_suspend" else {})}
