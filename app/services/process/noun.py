"""What receipts want of a task: whoever sends a form has it in writing, and so has who paid."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.engine import Step
from app.services.base.nouns import Noun, Sent
from app.services.process import receipts


class Receipts(Noun):
    """Receipts of what was sent and of what was paid. They follow money in the list: it says whether a
    claim is settled."""

    def after(self, sent: Sent) -> Mapping[str, Any]:
        fee = sent.setting.element.properties.get("confirms")
        if fee and sent.routes.get("payment") == "settled":
            receipts.queue_paid(sent.setting.case, sent.setting.loaded, fee, sent.now)
        return {}

    def moved(self, sent: Sent, _step: Step) -> None:
        setting = sent.setting
        receipts.queue(setting.case, setting.loaded, setting.element, sent.answer, sent.actor, sent.behalf, sent.now)
