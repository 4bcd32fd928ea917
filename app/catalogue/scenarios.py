"""Scenarios (docs/scenarios.md): the steps of a walk through a package, as its analysts wrote them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from app.errors import BadPackage, Problem

_DURATION = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?")


def names(files: Mapping[str, bytes]) -> list[str]:
    """The scenarios of a package's files."""
    return sorted(
        path.removeprefix("scenarios/").removesuffix(".toml")
        for path in files
        if path.startswith("scenarios/") and path.endswith(".toml")
    )


def steps(files: Mapping[str, bytes], name: str) -> list[dict[str, Any]]:
    """The steps of a scenario, those it begins with included. Raises BadPackage."""
    path = f"scenarios/{name}.toml"
    if path not in files:
        raise BadPackage([Problem(path, "There is no such scenario.")])
    try:
        raw = tomllib.loads(files[path].decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadPackage([Problem(path, "The file is no TOML: %(error)s", params={"error": str(error)})]) from error
    begin = raw.get("begin")
    found: list[dict[str, Any]] = []
    if begin:
        found = until(steps(files, begin["scenario"]), begin["until"], path)
    return found + list(raw.get("step", []))


def until(walk: list[dict[str, Any]], element: str, path: str = "") -> list[dict[str, Any]]:
    """The steps before the one that first completes the element. Raises BadPackage when none does."""
    for number, step in enumerate(walk):
        if step.get("complete") == element:
            return walk[:number]
    raise BadPackage([Problem(path, "No step completes %(element)s.", params={"element": element})])


def later(moment: datetime, duration: str) -> datetime:
    """`moment` and an ISO 8601 duration; the day is cut to the length of the month. Raises ValueError."""
    found = _DURATION.fullmatch(duration)
    if not found or duration.endswith(("P", "T")):
        raise ValueError(f"{duration} is no duration")
    years, months, weeks, days, hours, minutes = (int(part or 0) for part in found.groups())
    month = moment.month - 1 + months + 12 * years
    year, month = moment.year + month // 12, month % 12 + 1
    last = (date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)).day
    moved = moment.replace(year=year, month=month, day=min(moment.day, last))
    return moved + timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes)
