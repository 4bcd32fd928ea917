"""The certificate of a rehearsed case: the same dates as the register's, kept nowhere."""

from __future__ import annotations

from datetime import date
from typing import Any

from app.catalogue import CertificateRule, Package
from app.errors import Permanent
from app.services.register import validity


class Register:
    """What the operators `certificate_…` change and answer. `shown`: the state on the public register, "" off it;
    `named`: the names that it says, `wished`: those that the vendor has it say from the next time on."""

    def __init__(self, package: Package) -> None:
        self._rule = package.certificate
        self._state = ""  # "" before the certificate is issued
        self._listed = False
        self._certified_on = date.min
        self._terms = 0
        self._named: tuple[Any, ...] = ()
        self.wished: tuple[Any, ...] = ()
        self._cure = date.min

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
        was, changed = self._state, self.wished != self._named
        if operator == "certificate_issue" and not self._state:
            self._state, self._certified_on, self._terms = "valid", today, 1
        elif operator in ("certificate_issue", "certificate_extend"):
            self._terms = validity.passed(self._certified_on, self._terms, today, self.rule, frozenset())
        if operator == "certificate_extend":
            self._state = "valid"
        elif operator == "certificate_list":
            self._listed = True
        elif operator == "certificate_suspend" and was == "valid":
            self._state = "suspended"
            until = validity.last_day(self._certified_on, self._terms, self.rule)
            self._cure = validity.cure_day(today, until, self.rule, frozenset())
        elif operator == "certificate_withdraw":
            self._state = "withdrawn"
        elif operator == "certificate_end":
            self._state = "ended"
        if operator in ("certificate_issue", "certificate_extend", "certificate_list"):
            self._named = self.wished
        until = validity.last_day(self._certified_on, self._terms, self.rule)
        found = validity.dates(f"{self.rule.prefix}-0001", until, self.rule, frozenset())
        return {
            **found,
            "state": self._state,
            "was": was,
            **({"text_changed": changed} if operator in ("certificate_read", "certificate_extend") else {}),
            **(validity.cure(self._cure, self.rule, frozenset()) if operator == "certificate_suspend" else {}),
        }
