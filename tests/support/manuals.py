"""What the steps of a manual name: menu items, buttons and fields, in quotation marks."""

from __future__ import annotations

import html
import re
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"
FILLED = r"…|\d+:\d+|\d+"  # what stands for a name, a number or a time in a manual


def sections(name: str) -> dict[str, list[str]]:
    """By the title of each part, below `##`, of a Japanese manual: what it quotes, as it is written."""
    parts = re.split(r"^## (.+)$", (DOCS / f"{name}.md").read_text(encoding="utf-8"), flags=re.MULTILINE)
    titles = [re.sub(r"\s*\{#.*\}", "", title) for title in parts[1::2]]
    return {title: quoted(text) for title, text in zip(titles, parts[2::2], strict=True)}


def quoted(text: str) -> list[str]:
    """What stands in quotation marks; of those within others the whole."""
    return sorted({found[1:-1] for found in re.findall(r"「(?:[^「」]|「[^「」]*」)*」", text)})


def lost(words: list[str], said: str) -> list[str]:
    """Those that the text of no page says, whatever stands where the manual leaves a name or a number out."""
    told = html.unescape(re.sub(r"\\u([0-9a-f]{4})", lambda sign: chr(int(sign[1], 16)), said))
    told = re.sub(r"<[^>]+>|\s", "", told)
    return [each for each in words if not re.search(_pattern(each), told)]


def _pattern(word: str) -> str:
    parts = re.split(FILLED, re.sub(r"\s", "", word))
    return ".{0,80}?".join(re.escape(part) for part in parts)
