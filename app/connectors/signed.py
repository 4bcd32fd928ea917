"""Signatures in a PDF that somebody sends (PAdES, ETSI EN 319 142-1): whose, when, and whether the file is what was
signed. Nothing is fetched from elsewhere: what the file itself and the body's own list of roots do not say stays open.
"""

from __future__ import annotations

import functools
import io
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

_LOG = logging.getLogger("nintei.signed")
_MOST = 20  # signatures of one file


@dataclass(frozen=True, slots=True)
class Found:
    """One signature. `at`: ISO instant, "" when it does not say; `stamped`: a timestamp authority says so, not the
    signer; `intact`: the file is what was signed, and `whole`: all of it; `trusted`: issued under one of the roots.
    """

    signer: str
    issuer: str
    at: str
    stamped: bool
    intact: bool
    whole: bool
    trusted: bool

    def as_dict(self) -> dict[str, Any]:
        """As it is kept."""
        return asdict(self)


def found(content: bytes, roots: Path | None = None) -> list[Found]:
    """The signatures of a PDF, in order; none for a file without. A signature that cannot be read is not intact.

    `roots`: a file of PEM certificates.
    """
    if b"/ByteRange" not in content:
        return []
    # pyhanko runs an event loop of its own: in a thread, whoever calls.
    with ThreadPoolExecutor(1) as aside:
        return aside.submit(_read, content, roots).result()


def _read(content: bytes, roots: Path | None) -> list[Found]:
    from pyhanko.pdf_utils.reader import PdfFileReader

    logging.getLogger("pyhanko_certvalidator").setLevel(logging.CRITICAL)
    logging.getLogger("pyhanko.sign").setLevel(logging.CRITICAL)
    try:
        signatures = PdfFileReader(io.BytesIO(content), strict=False).embedded_regular_signatures[:_MOST]
    except Exception as error:  # a stranger's file may be anything
        _LOG.info("signatures cannot be listed: %s", type(error).__name__)
        return []
    return [_one(each, roots) for each in signatures]


def _one(signature: Any, roots: Path | None) -> Found:
    from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext

    signer = _quiet(lambda: signature.signer_cert.subject.native.get("common_name"), "")
    issuer = _quiet(lambda: signature.signer_cert.issuer.native.get("common_name"), "")
    try:
        certificate = signature.signer_cert
        status = validate_pdf_signature(signature, ValidationContext(trust_roots=[certificate], allow_fetching=False))
        intact = bool(status.intact and status.valid)
        whole = status.coverage >= SignatureCoverageLevel.ENTIRE_REVISION
        whole = whole and bool(status.modification_level is None or status.bottom_line or status.docmdp_ok)
        stamp = status.timestamp_validity
        moment = stamp.timestamp if stamp is not None else status.signer_reported_dt
        stamped = bool(stamp is not None and stamp.intact and stamp.valid)
    except Exception as error:
        _LOG.info("a signature cannot be read: %s", type(error).__name__)
        return Found(str(signer or ""), str(issuer or ""), "", False, False, False, False)
    return Found(
        str(signer or ""),
        str(issuer or ""),
        moment.isoformat() if moment is not None else "",
        stamped,
        intact,
        whole,
        intact and _trusted(signature, roots),
    )


def _trusted(signature: Any, roots: Path | None) -> bool:
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext

    if roots is None or not roots.is_file():
        return False
    context = ValidationContext(trust_roots=list(_roots(roots, roots.stat().st_mtime)), allow_fetching=False)
    return bool(_quiet(lambda: validate_pdf_signature(signature, context).trusted, False))


@functools.lru_cache(maxsize=2)
def _roots(path: Path, _changed: float) -> tuple[Any, ...]:
    from asn1crypto import pem, x509

    return tuple(x509.Certificate.load(der) for _, _, der in pem.unarmor(path.read_bytes(), multiple=True))


def _quiet(ask: Callable[[], Any], otherwise: Any) -> Any:
    try:
        return ask()
    except Exception:
        return otherwise
