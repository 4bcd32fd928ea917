"""What a backup holds, by name. A folder and a file hold the same: a file is a tar of them, in this order.

    backup.json          Begin: what it is, when and by which program it was made
    settings.toml        the settings; secrets and passwords only if asked for
    database/nintei.db   the embedded database, or database/nintei.pgdump
    data/signing/...     the signing key; data/cards/... the key store, and virtual cards; data/audit/... signed ends
    blobs/ab/ab12...     every file, under the SHA-256 of its content
    contents.json        End: name, size and SHA-256 of each of the above. A backup without it was not finished.

The database comes before the files: bytes are written before the row that names them, so no row lacks its bytes.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from app.errors import Refused
from config.settings import Settings

FORMAT = 1
BEGIN, END, SETTINGS = "backup.json", "contents.json", "settings.toml"
DATABASES = {"sqlite": "database/nintei.db", "postgresql": "database/nintei.pgdump"}
FOLDERS = ("signing", "cards", "audit")  # of the data folder, taken as they are
SECRETS = "demo-secrets.toml"  # of the data folder, taken only with the other secrets
LONGEST = 16 << 20  # bytes of backup.json and contents.json
_DIGEST = re.compile(r"[0-9a-f]{64}")
_SAFE = re.compile(r"(?:[\w@%+=,-][\w.@%+=,-]*/)*[\w@%+=,-][\w.@%+=,-]*")


@dataclass(frozen=True)
class Begin:
    """What is known when a backup begins."""

    made_at: str  # ISO 8601, UTC
    program: str  # version of Nintei
    database: str  # sqlite | postgresql
    schema: int  # number of the database's last step
    secrets: bool  # whether settings.toml holds the secrets and passwords
    checks: Mapping[str, str] = field(default_factory=dict)  # setting → check value of the secret that the data needs
    format: int = FORMAT


@dataclass(frozen=True)
class Entry:
    """One file of a backup."""

    size: int
    sha256: str


@dataclass(frozen=True)
class End:
    """What a backup holds, as its last line says."""

    files: Mapping[str, Entry]
    rows: Mapping[str, int]  # table → rows
    damaged: tuple[str, ...] = ()  # files whose content was not what their name says before the backup began


def begin_from(data: bytes) -> Begin:
    """Raises Refused for what is no backup, or of a newer form."""
    try:
        found = json.loads(data)
        if found["format"] > FORMAT:
            raise Refused("The backup was made by a newer Nintei (%(program)s)", program=str(found.get("program")))
        return Begin(**found)
    except (ValueError, TypeError, KeyError) as error:
        raise Refused("This is no backup of Nintei") from error


def end_from(data: bytes) -> End:
    """Raises Refused for what cannot be read."""
    try:
        found = json.loads(data)
        files = {str(name): Entry(**entry) for name, entry in found["files"].items()}
        return End(files, dict(found["rows"]), tuple(found["damaged"]))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise Refused("The backup is damaged: %(what)s", what=END) from error


def as_json(of: Begin | End) -> bytes:
    """As it is stored."""
    return json.dumps(asdict(of), ensure_ascii=False, indent=1).encode()


def blob_of(name: str) -> str:
    """The digest of which this is the file; empty for other names."""
    digest = name.rpartition("/")[2]
    return digest if _DIGEST.fullmatch(digest) and name == blob_name(digest) else ""


def blob_name(digest: str) -> str:
    """Where the file of a digest is in a backup."""
    return f"blobs/{digest[:2]}/{digest}"


def is_known(name: str) -> bool:
    """Whether a backup may hold a file of this name: nothing is ever written outside the folder it goes to."""
    if name in {BEGIN, END, SETTINGS, f"data/{SECRETS}", *DATABASES.values()}:
        return True
    inside = any(name.startswith(f"data/{folder}/") for folder in FOLDERS)
    return bool(blob_of(name)) or (inside and _SAFE.fullmatch(name) is not None)


def check_value(secret: str) -> str:
    """Tells whether a secret is the same, and nothing else of it: those secrets have 32 characters and more."""
    return hmac.new(secret.encode(), b"nintei backup check value", hashlib.sha256).hexdigest()[:16] if secret else ""


def checks(settings: Settings) -> dict[str, str]:
    """Check values of the secrets without which the data cannot be used."""
    found = {name: check_value(getattr(settings, name)) for name in ("secret_key", "card_key")}
    if settings.sealing_keys:
        found["sealing_keys"] = check_value(settings.sealing_keys[0])
    return found


def settings_file(settings: Settings, *, secrets: bool) -> bytes:
    """The settings as a file that NINTEI_CONFIG can name. Without secrets, what is secret stands there as a remark."""
    plain, shown = settings.as_environment(), settings.shown()
    lines = ["# The settings of the portal when the backup was made.\n"]
    for name, text in shown.items():
        value = plain[f"NINTEI_{name.upper()}"]
        if secrets or text == value:
            lines.append(f"{name} = {_toml(value)}\n")
        else:
            lines.append(f"# {name} = {_toml(text)}    (not in this backup: enter it)\n")
    return "".join(lines).encode()


def _toml(text: str) -> str:
    """A basic string of TOML is one of JSON, but for what JSON leaves as it is."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")
