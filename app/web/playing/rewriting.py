"""The pages of a Play stand behind a prefix: links that begin at the root are led there."""

from __future__ import annotations

import re

BASE = "http://play.invalid"  # the Play's base address: what mails and papers name
_ATTRIBUTE = re.compile(r"""((?:href|src|action|formaction|content|data-[\w-]+)=(["']))/(?!/|static/|designer/play/)""")
# Addresses within JSON, in an attribute (escaped) or by itself.
_QUOTE = '(?:&#34;|&quot;|")'
_NAMES = "(?:url|source|address|href|link|file|next)"
_JSON = re.compile(rf"({_QUOTE}[\w-]*{_NAMES}{_QUOTE}: ?{_QUOTE})/(?!/|static/)")
_ROOT = re.compile(r"<html\b")


def page(text: str, prefix: str) -> str:
    """HTML: every link within the prefix (`/designer/play/x/u3`); scripts read it from `data-mount` of the root."""
    text = text.replace(f"{BASE}/", f"{prefix}/").replace(BASE, prefix)
    text = _ATTRIBUTE.sub(rf"\g<1>{prefix}/", text)
    text = _JSON.sub(rf"\g<1>{prefix}/", text)
    return _ROOT.sub(f'<html data-mount="{prefix}"', text, count=1)


def data(text: str, prefix: str) -> str:
    """JSON: the same for its addresses."""
    return _JSON.sub(rf"\g<1>{prefix}/", text.replace(f"{BASE}/", f"{prefix}/"))


def place(location: str, prefix: str) -> str:
    """Where a redirect leads."""
    location = location.removeprefix(BASE)
    inside = location.startswith("/") and not location.startswith(("//", f"{prefix}/"))
    return f"{prefix}{location}" if inside else location
