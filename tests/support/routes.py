"""Every test's portal has the same addresses: their map is compiled once for each test process, which spares each site
a tenth of a second of a processor."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any, ClassVar

from werkzeug.routing import Rule
from werkzeug.routing.matcher import StateMachineMatcher
from werkzeug.routing.rules import RuleFactory

from app.web.frame.door import Addresses


class KnownAddresses(Addresses):
    """The map of addresses, which takes over what another map of the very same rules has compiled. Rules are compiled
    when they are first asked for; a rule that comes later makes the map one of its own."""

    _known: ClassVar[dict[tuple[Any, ...], tuple[StateMachineMatcher, dict[Any, list[Rule]]]]] = {}

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self._given: list[Rule] = []
        self._settled = False
        super().__init__(*arguments, **options)

    def add(self, rulefactory: RuleFactory) -> None:
        """Note the rules."""
        self._given += rulefactory.get_rules(self)
        self._settled, self._remap = False, True

    def update(self) -> None:
        """Compile them, or take over what is."""
        if not self._settled:
            self._settle()
        super().update()

    def iter_rules(self, endpoint: Any = None) -> Iterator[Rule]:
        """Each rule."""
        self.update()
        return super().iter_rules(endpoint)

    def is_endpoint_expecting(self, endpoint: Any, *arguments: str) -> bool:
        """Whether the endpoint takes these arguments."""
        self.update()
        return super().is_endpoint_expecting(endpoint, *arguments)

    def _settle(self) -> None:
        key = tuple(
            (rule.rule, rule.endpoint, frozenset(rule.methods or ()), repr(rule.defaults), rule.strict_slashes,
             rule.build_only, rule.redirect_to, getattr(rule, "provide_automatic_options", None))
            for rule in self._given
        )  # fmt: skip
        if key not in self._known:
            self._matcher, self._rules_by_endpoint = StateMachineMatcher(self.merge_slashes), {}
            for rule in self._given:
                super().add(copy.copy(rule))  # a rule is bound once: what was given stays free for another map
            super().update()
            self._known[key] = self._matcher, self._rules_by_endpoint
        self._matcher, self._rules_by_endpoint = self._known[key]
        self._settled, self._remap = True, False
