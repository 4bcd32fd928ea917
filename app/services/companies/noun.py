"""What companies want of a task: the number and the names that an application says, the proof that a review sees."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.services.base import finding
from app.services.base.nouns import Looked, Noun, Sent
from app.services.companies import admissions, casenumber, proof
from app.states import Side


class Companies(Noun):
    """The company of the case."""

    def after(self, sent: Sent) -> Mapping[str, Any]:
        setting = sent.setting
        case, loaded, names = setting.case, setting.loaded, setting.loaded.package.applicant
        admissions.learn(sent.portal, case, loaded, sent.values, sent.actor, sent.now)
        if finding.says(loaded, setting.element.id) or sent.values.get(names.name) or sent.values.get(names.subject):
            finding.keep(case, loaded)
        proof.passed(sent.portal, setting, sent.values, sent.actor, sent.now)
        return {}

    def shown(self, looked: Looked) -> Mapping[str, Any]:
        """`corporate`: the number that passing this review confirms; none when it confirms none."""
        proves = looked.actor.side == Side.OPERATOR and looked.setting.element.properties.get(proof.PROPERTY)
        return {"corporate": casenumber.of_case(looked.setting.case, looked.actor) if proves else None}
