"""JSON as it is stored: one line without blanks, letters as they are (RFC 8259)."""

from __future__ import annotations

import json
from collections.abc import Callable
from json import encoder as python_json
from typing import Any


def writer(*, sort_keys: bool = False, default: Callable[[Any], Any] | None = None) -> Callable[[Any], str]:
    """What makes the text of a value. Raises TypeError for what JSON has no word for, unless `default` gives another
    value for it (as `json.JSONEncoder` has it), and RecursionError for what holds itself.

    The text is that of `json.JSONEncoder`, which makes its writer in C anew for each text: for the short texts of a
    step that costs more than writing them. Here it is made once.
    """
    own = json.JSONEncoder(
        ensure_ascii=False, separators=(",", ":"), check_circular=False, sort_keys=sort_keys, default=default
    )
    make: Any = getattr(python_json, "c_make_encoder", None)  # named nowhere in its manual, and not on every Python
    if make is None:
        return own.encode
    in_pieces = make(None, own.default, python_json.encode_basestring, None, ":", ",", sort_keys, False, True)
    return lambda value: "".join(in_pieces(value, 0))


compact = writer()
