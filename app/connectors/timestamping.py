"""A timestamp authority (RFC 3161), asked over HTTP (section 3.4)."""

from __future__ import annotations

from typing import Any

import urllib3

from app.errors import Temporary

_SECONDS = 20.0
_MOST = 200_000  # bytes of an answer
_HEADERS = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}


def authority(url: str) -> Any:
    """What pyhanko asks for timestamps. Raises `Temporary` while the authority is away or answers anything else."""
    from asn1crypto import tsp
    from pyhanko.sign.timestamps import TimeStamper

    class Authority(TimeStamper):
        async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
            try:
                answer = urllib3.request(
                    "POST",
                    url,
                    body=req.dump(),
                    headers=_HEADERS,
                    timeout=_SECONDS,
                    retries=False,
                    redirect=False,
                    preload_content=False,
                )
                content = answer.read(_MOST)
                kind = answer.headers.get("Content-Type", "")
                if answer.status != 200 or "timestamp-reply" not in kind:
                    raise Temporary("The timestamp authority answered with %(status)s", status=answer.status)
                return tsp.TimeStampResp.load(content)
            except (urllib3.exceptions.HTTPError, ValueError) as error:
                raise Temporary("The timestamp authority cannot be reached: %(reason)s", reason=str(error)) from error

    return Authority()
