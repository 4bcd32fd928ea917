"""Settings that a keeper of secrets hands over: a folder with a file for each, as systemd's credentials
(systemd.exec(5)), Kubernetes, Docker and the agents of vaults lay it down. Nothing of it lies in a file of settings."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

LONGEST = 64 * 1024  # bytes; a setting is a line


def read(folder: Path, known: Collection[str], problems: list[str]) -> dict[str, str]:
    """Text by field name, for each file that is called as a setting (`secret_key`, `nintei.secret_key`).

    Names with another dot in them (`tls.crt`, `..data`) are other programs' files. What cannot be read, and a name that
    is no setting's, is added to `problems`.
    """
    found: dict[str, str] = {}
    try:
        files = sorted(folder.iterdir())
    except OSError as error:
        problems.append(f"The folder of secrets {folder} cannot be read: {error.strerror}.")
        return found
    for file in files:
        name = file.name.removeprefix("nintei.")
        if "." in name:
            continue
        if name not in known:
            problems.append(f"{file}: there is no setting {name!r}.")
            continue
        try:
            with file.open("rb") as opened:
                found[name] = opened.read(LONGEST).decode("utf-8").strip()
        except OSError as error:
            problems.append(f"{file} cannot be read: {error.strerror}.")
        except UnicodeDecodeError:
            problems.append(f"{file} is not text.")
    return found
