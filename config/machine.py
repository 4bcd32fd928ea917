"""What the machine and its terminal say to a process of the portal, and what the programs that it starts are told."""

from __future__ import annotations

import getpass
import os
from collections.abc import Mapping
from pathlib import Path

from config.settings import PREFIX

BARE = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "LC_MESSAGES", "TZ", "TMPDIR", "LD_LIBRARY_PATH")


def terminal_language(environ: Mapping[str, str] | None = None) -> str:
    """The language of the terminal, by LC_ALL, LC_MESSAGES, LANG (POSIX.1-2017, 8.2); "" when none says."""
    given = os.environ if environ is None else environ
    wanted = next((given[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if given.get(name)), "")
    code = wanted.partition(".")[0].partition("_")[0].lower()
    return code if code in ("ja", "en") else ""


def environment_with(more: Mapping[str, str]) -> dict[str, str]:
    """The machine's environment and some more, for a program that is none of ours."""
    return {k: v for k, v in os.environ.items() if not k.startswith(PREFIX)} | dict(more)


def live_with(environment: Mapping[str, str]) -> None:
    """Have this process, a copy of another, know this environment alone."""
    os.environ.clear()
    os.environ.update(environment)


def bare_environment() -> dict[str, str]:
    """The machine's environment for a child process that shall know nothing: where programs are, and how to speak."""
    return {name: os.environ[name] for name in BARE if name in os.environ}


COUNTING = "PROMETHEUS_MULTIPROC_DIR"  # as prometheus_client reads it when it is loaded


def counting_folder() -> str:
    """Where all web processes write what they count; empty where each counts for itself."""
    return os.environ.get(COUNTING, "")


def handed_sockets() -> list[int]:
    """Numbers of the sockets that a service manager listens on for this process (sd_listen_fds(3))."""
    if os.environ.get("LISTEN_PID") != str(os.getpid()):
        return []
    return list(range(3, 3 + int(os.environ.get("LISTEN_FDS", "0"))))


def put_temporary_files(folder: Path) -> str:
    """From here on programs that this process starts put temporary files there; gives the folder as text."""
    os.environ["TMPDIR"] = str(folder)
    return str(folder)


def terminal_user() -> str:
    """Who types, as the machine knows them: behind sudo, whoever called it."""
    try:
        return os.environ.get("SUDO_USER") or getpass.getuser()
    except (KeyError, OSError):  # a container without an entry for its user
        return f"uid {os.getuid()}"


def runs(pid: int) -> bool:
    """Whether a process of this number is there, whoever's it is."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
