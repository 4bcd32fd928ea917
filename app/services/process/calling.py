"""Webhooks of cases: what is told, to which address, and what the case keeps of the answer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from app.connectors.webhook import Call, Caller
from app.engine import values
from app.errors import Permanent, ScriptError
from app.services.base.portal import Portal
from app.services.base.releases import Loaded, settings_of
from app.store import jobrows
from app.store.models import Case

if TYPE_CHECKING:
    from app.services.base.leases import Leased


def prepared(portal: Portal, case: Case, loaded: Loaded, job: Leased) -> Call:
    """What is sent and where to. Inside a connection. Raises Permanent."""
    row = jobrows.job(job.id)
    since = row.created_at if row is not None else portal.now()
    return Call(_address(loaded, str(job.params["url"])), job.key, _body(portal, case, loaded, job, since))


def call(portal: Portal, caller: Caller, what: Call) -> dict[str, Any]:
    """Call it; gives `status` and `answer`, as the case's data takes them. Raises Temporary and Permanent."""
    said = caller.call(what, portal.now())
    return {"status": said.status, "answer": _kept(said.content)}


def _address(loaded: Loaded, setting: str) -> str:
    section, _, key = setting.partition(".")
    found = settings_of(loaded.package).get(section, {}).get(key)
    if not isinstance(found, str) or not found.strip():
        raise Permanent("The setting %(setting)s holds no address of a webhook", setting=setting)
    return found.strip()


def _body(portal: Portal, case: Case, loaded: Loaded, job: Leased, since: datetime) -> dict[str, Any]:
    """Standard Webhooks 1.0.0, "Payload structure": `type`, `timestamp` (of the step, not of the try), `data`."""
    data = job.params.get("data")
    if data is not None and not isinstance(data, dict):
        raise Permanent("data must be a dict of what is sent")
    return {
        "type": str(job.params["event"]),
        "timestamp": since.isoformat(),
        "data": {
            "case": {
                "number": case.number,
                "url": f"{portal.settings.base_url.rstrip('/')}/cases/{case.number}",
                "company_name": case.company_name,
                "system_name": case.system_name,
                "state": case.state,
            },
            "package": loaded.package.id,
            "element": job.element,
            "values": dict(job.data if data is None else data),
        },
    }


def _kept(content: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The answer, if it is small and plain enough for routing values; else none: the call itself was taken."""
    if content is None:
        return None
    try:
        return values.clean_data(content)
    except ScriptError:
        return None
