"""Files on their way out: a header that any name fits into."""

from __future__ import annotations

import re
from urllib.parse import quote

from flask import Response

from app.text.names import ascii_name, file_name


def file(data: bytes, mime: str, filename: str, *, save: bool = True) -> Response:
    """The bytes under their name: to be saved, or shown in the browser."""
    # What names its parameters is whole; of a bare text the charset is added.
    response = Response(data, content_type=mime) if ";" in mime else Response(data, mimetype=mime)
    response.headers["Content-Disposition"] = disposition(filename, save=save)
    return response


def disposition(filename: str, *, save: bool = True) -> str:
    """Content-Disposition (RFC 6266): the name in ASCII, and beside it the whole one as RFC 5987 section 3.2 writes it.

    A name that was stored before names were made even at the door is made so now.
    """
    name, plain = file_name(filename), ascii_name(filename)
    said = plain if re.fullmatch(r"[A-Za-z0-9._-]+", plain) else f'"{plain}"'
    header = f"{'attachment' if save else 'inline'}; filename={said}"
    return header if plain == name else f"{header}; filename*=UTF-8''{quote(name, safe='!#$&+.^_`|~-')}"
