"""All settings, and the only place that reads the environment (a test sees to it).

A setting is a field of `Settings`; its name in the environment is NINTEI_ and the field in capitals, its name
in the TOML file (NINTEI_CONFIG) the field itself, as in a folder of secrets (NINTEI_SECRETS_DIR). The environment wins
over that folder, the folder over the file. `docs/settings.md` has a heading for each.
"""

from __future__ import annotations

import difflib
import os
import re
import secrets
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import Field, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from config import parse, plain, shipped, vault

PREFIX = "NINTEI_"
CONFIG_FILE = "NINTEI_CONFIG"
SECRETS_DIR = "NINTEI_SECRETS_DIR"
HANDED = "CREDENTIALS_DIRECTORY"  # where systemd lays the credentials of a unit (systemd.exec(5))
SHORTEST_SECRET = 32  # characters
MOST_WEB = 4  # web processes, unless more are asked for
KEY_MAKER = 'python3 -c "import secrets; print(secrets.token_urlsafe(48))"'


class BadSettings(ValueError):
    """The settings cannot be used; `problems` says in plain words why, each with what to do."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("The settings cannot be used:" + "".join(f"\n  - {problem}" for problem in problems))
        self.problems = problems


def setting(read: Callable[[str], Any], default: str, *, secret: bool = False) -> Any:
    """A field read from text by `read`; `default` is text too. A secret never shows in repr or in logs."""
    return field(metadata={"read": read, "default": default, "secret": secret}, repr=False)


@dataclass(frozen=True)
class Settings:
    """What the portal needs to know of the place where it runs. Paths are absolute."""

    data_dir: Path = setting(parse.path, "./var")
    database_url: str = setting(parse.database_url, "sqlite:///{data_dir}/nintei.db")
    files: str = setting(parse.bucket_url, "")
    files_endpoint: str = setting(parse.web_address, "")
    files_region: str = setting(str, "")
    files_key_id: str = setting(str, "")
    files_secret: str = setting(str, "", secret=True)
    mail_url: str = setting(parse.mail_url, "")
    mail_from: str = setting(parse.mail_address, "nintei@localhost")
    mail_retry_days: int = setting(parse.whole_number(1, 30), "5")
    recall: bool = setting(parse.yes_or_no, "yes")
    imap_url: str = setting(parse.imap_url, "")
    inbound_servers: tuple[str, ...] = setting(parse.names, "")
    inbound_token: str = setting(parse.secret(SHORTEST_SECRET), "", secret=True)
    hosts: tuple[str, ...] = setting(parse.names, "")
    host: str = setting(parse.host, "127.0.0.1")
    port: int = setting(parse.whole_number(1, 65535), "8000")
    base_url: str = setting(parse.base_url, "http://127.0.0.1:{port}")
    watch_certificate: bool = setting(parse.yes_or_no, "yes")
    secret_key: str = setting(parse.secret(SHORTEST_SECRET), "", secret=True)
    session_idle_minutes: int = setting(parse.whole_number(5, 10_080), "720")
    confirm_minutes: int = setting(parse.whole_number(1, 1440), "15")
    staff_second_factor: bool = setting(parse.yes_or_no, "no")
    oidc_issuer: str = setting(parse.web_address, "")
    oidc_client_id: str = setting(str, "")
    oidc_client_secret: str = setting(str, "", secret=True)
    oidc_name: str = setting(str, "")
    oidc_second_factor: bool = setting(parse.yes_or_no, "no")
    session_days: int = setting(parse.whole_number(1, 31), "7")
    sealing_keys: tuple[str, ...] = setting(parse.secret_list(SHORTEST_SECRET), "", secret=True)
    demo: bool = setting(parse.yes_or_no, "no")
    demo_open: bool = setting(parse.yes_or_no, "no")
    card_reader: str = setting(parse.text, "virtual")
    card_key: str = setting(parse.secret(SHORTEST_SECRET, kept=True), "", secret=True)
    card_token_module: Path | None = setting(parse.optional_path, "")
    card_token: str = setting(str, "")
    card_token_key: str = setting(parse.text, "nintei-card-keys")
    card_token_pin: str = setting(str, "", secret=True)
    packages_dir: Path = setting(parse.path, "{program}/bpmn")
    packages_write: str = setting(parse.one_of("auto", "no"), "auto")
    single_approval: bool = setting(parse.yes_or_no, "no")
    clock_file: Path | None = setting(parse.optional_path, "")
    web_processes: int = setting(parse.whole_number(0, 64), "0")
    web_threads: int = setting(parse.whole_number(1, 64), "8")
    stop_seconds: int = setting(parse.whole_number(0, 600), "20")
    workers: int = setting(parse.whole_number(0, 16), "1")
    plays: int = setting(parse.whole_number(0, 16), "4")
    metrics_token: str = setting(parse.secret(SHORTEST_SECRET), "", secret=True)
    drain_seconds: int = setting(parse.whole_number(0, 600), "0")
    log: str = setting(parse.one_of("text", "json"), "text")
    log_away: tuple[str, int] | None = setting(parse.host_and_port, "")
    log_level: str = setting(parse.one_of("TRAFFIC", "DEBUG", "INFO", "WARNING", "ERROR"), "INFO")
    tls_only: bool = setting(parse.yes_or_no, "no")
    trusted_proxies: tuple[str, ...] = setting(parse.networks, "")
    free_mb: int = setting(parse.whole_number(0, 1_000_000), "500")
    upload_max_mb: int = setting(parse.whole_number(1, 1024), "50")
    upload_case_mb: int = setting(parse.whole_number(1, 1_000_000), "2000")
    webhook_key: str = setting(parse.webhook_key, "", secret=True)
    webhook_allow: tuple[str, ...] = setting(parse.networks, "")
    signature_roots: Path | None = setting(parse.optional_path, "")
    signing_certificate: Path | None = setting(parse.optional_path, "")
    signing_key: Path | None = setting(parse.optional_path, "")
    timestamp_url: str = setting(parse.web_address, "")
    clamd_url: str = setting(parse.clamd_url, "")
    language: str = setting(parse.language("ja", "en"), "ja")

    def __repr__(self) -> str:
        return f"Settings({', '.join(f'{name}={value!r}' for name, value in self.shown().items())})"

    def shown(self) -> dict[str, str]:
        """Every setting by field name as text fit for logs and screens: secrets and passwords as `***`."""
        return {f.name: _shown(f, getattr(self, f.name)) for f in fields(self)}

    @classmethod
    def default_of(cls, name: str) -> str:
        """The default of a field, as text."""
        return str(cls.__dataclass_fields__[name].metadata["default"])

    def as_environment(self) -> dict[str, str]:
        """The same settings as environment variables, for a child process that shall run with them."""
        return {environment_name(f): _as_text(getattr(self, f.name)) for f in fields(self)}


def environment_name(of: Field[Any]) -> str:
    """NINTEI_PORT for the field `port`."""
    return PREFIX + of.name.upper()


def from_environment(*, serves: bool = True, **overrides: str) -> Settings:
    """The settings of this process: environment, file, and `overrides` (field=text) from the command line."""
    environ = {k: v for k, v in os.environ.items() if k.startswith(PREFIX)}
    environ |= {PREFIX + name.upper(): value for name, value in overrides.items()}
    environ.setdefault(SECRETS_DIR, os.environ.get(HANDED, ""))
    return load(environ, serves=serves)


def web_processes(settings: Settings) -> int:
    """How many processes answer requests: as set, else one for each core that this program may use, at most four."""
    return settings.web_processes or min(MOST_WEB, len(os.sched_getaffinity(0)))


def child_environment(settings: Settings) -> dict[str, str]:
    """The environment for a child process of the portal: the machine's, and these settings, resolved."""
    return {k: v for k, v in os.environ.items() if not k.startswith(PREFIX)} | settings.as_environment()


def load(environ: Mapping[str, str], file: Path | None = None, *, serves: bool = True) -> Settings:
    """Read and check everything; raise one BadSettings that lists every problem.

    `file` (else NINTEI_CONFIG) is a TOML file of the same names in small letters. With `serves=False`, for
    commands that neither show pages nor run jobs, a missing secret is no problem.
    """
    problems: list[str] = []
    texts, origins = _gather(environ, file, problems)
    values: dict[str, Any] = {}
    for each in fields(Settings):
        text = texts.get(each.name, each.metadata["default"]).strip()
        text = text.replace("{program}", str(shipped.ROOT))
        if each.name != "data_dir" and "data_dir" in values:
            text = text.replace("{data_dir}", str(values["data_dir"]))
        text = text.replace("{port}", str(values.get("port", 8000)))
        try:
            values[each.name] = each.metadata["read"](text)
        except ValueError as error:
            shown = "" if each.metadata["secret"] else f" {text!r}"
            problems.append(f"{origins.get(each.name, environment_name(each))}{shown}: {error}.")
    problems += _contradictions(values, serves)
    if problems:
        raise BadSettings(problems)
    return Settings(**values)


def demo_secrets_of(settings: Settings) -> Path:
    """Where a demo keeps the secrets that it made."""
    return settings.data_dir / "demo-secrets.toml"


def with_demo_secrets(settings: Settings) -> Settings:
    """Fill the secrets that a demo may lack, from a file in its data folder, written on the first call.

    So that sign-ins and cards of the demo outlive a restart, and no two demos share a key.
    """
    kept = demo_secrets_of(settings)  # written though both are given: it tells that the folder holds a demo
    if not kept.exists():
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        fresh = kept.with_suffix(f".{os.getpid()}")
        fresh.touch(mode=0o600)
        lines = [f'{name} = "{secrets.token_urlsafe(48)}"\n' for name in ("secret_key", "card_key")]
        fresh.write_text("".join(lines), encoding="utf-8")
        try:
            kept.hardlink_to(fresh)  # of two processes starting at once, one wins and both read its file
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    stored = tomllib.loads(kept.read_text(encoding="utf-8"))
    return replace(
        settings,
        secret_key=settings.secret_key or stored["secret_key"],
        card_key=settings.card_key or stored["card_key"],
    )


def _gather(
    environ: Mapping[str, str], file: Path | None, problems: list[str]
) -> tuple[dict[str, str], dict[str, str]]:
    """Texts by field name, and where each was written, as its reader would look for it."""
    known = {f.name: environment_name(f) for f in fields(Settings)}
    texts: dict[str, str] = {}
    origins: dict[str, str] = {}
    named = environ.get(CONFIG_FILE, "").strip()
    place = file or (Path(named) if named else None)
    for key, value in (_read_file(place, problems) if place else {}).items():
        if key not in known:
            problems.append(f"{place}: there is no setting {key!r}{_nearest(key, list(known))}")
        elif isinstance(value, dict):
            problems.append(f"{place}: {key} must be a plain value, not a table.")
        else:
            texts[key] = _as_text(value)
            origins[key] = f"{place}: {key}"
    kept = environ.get(SECRETS_DIR, "").strip()
    for key, text in (vault.read(Path(kept), known, problems) if kept else {}).items():
        texts[key], origins[key] = text, f"{kept}: {key}"
    by_environment = {name: key for key, name in known.items()}
    for name, value in environ.items():
        if name in by_environment:
            texts[by_environment[name]] = value
            origins[by_environment[name]] = name
        elif name.startswith(PREFIX) and name not in (CONFIG_FILE, SECRETS_DIR):
            problems.append(f"There is no setting {name}{_nearest(name, [*by_environment, CONFIG_FILE, SECRETS_DIR])}")
    return texts, origins


def _read_file(place: Path, problems: list[str]) -> dict[str, Any]:
    try:
        return tomllib.loads(place.read_text(encoding="utf-8"))
    except OSError as error:
        problems.append(f"The settings file {place} cannot be read: {error.strerror}.")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        problems.append(f"The settings file {place} is not TOML: {error}.")
    return {}


def _contradictions(values: dict[str, Any], serves: bool) -> list[str]:
    """What no setting alone can tell. A value that could not be read is missing from `values`."""
    problems = []
    for_real = serves and values.get("demo") is False
    if for_real and values.get("secret_key") == "":
        problems.append(
            f"NINTEI_SECRET_KEY is missing: outside the demo the portal needs one of {SHORTEST_SECRET} "
            f"characters that nobody can guess. This prints one: {KEY_MAKER}"
        )
    problems += _fences(values) if serves and values.get("demo") else []
    token = values.get("card_token_module")
    if for_real and not values.get("card_key", "-") and not token and values.get("card_reader", "virtual") != "virtual":
        problems.append(
            "NINTEI_CARD_KEY is missing: the keys of issued cards are kept under it, and lost without it. "
            f"This prints one: {KEY_MAKER}"
        )
    if token and not token.exists():
        problems.append(f"NINTEI_CARD_TOKEN_MODULE: there is no file {token}.")
    if token and not (values.get("card_token") and values.get("card_token_pin")):
        problems.append("NINTEI_CARD_TOKEN_MODULE also needs NINTEI_CARD_TOKEN (its label) and NINTEI_CARD_TOKEN_PIN.")
    if bool(values.get("oidc_issuer")) != bool(values.get("oidc_client_id")):
        problems.append("NINTEI_OIDC_ISSUER and NINTEI_OIDC_CLIENT_ID go together: set both, or none.")
    if values.get("secret_key") and values.get("secret_key") == values.get("card_key"):
        problems.append(
            "NINTEI_CARD_KEY must differ from NINTEI_SECRET_KEY: that one is changed at need, this one never."
        )
    if bool(values.get("files_key_id")) != bool(values.get("files_secret")):
        problems.append("NINTEI_FILES_KEY_ID and NINTEI_FILES_SECRET belong together: set both, or neither.")
    if values.get("files_endpoint") and not values.get("files"):
        problems.append("NINTEI_FILES_ENDPOINT says where a storage is, and NINTEI_FILES names no bucket of it.")
    if values.get("mail_url") and values.get("mail_from") == Settings.default_of("mail_from"):
        problems.append("NINTEI_MAIL_FROM is missing: mail sent over NINTEI_MAIL_URL needs a sender.")
    for name in plain.settings(values) if serves and values.get("tls_only") else ():
        problems.append(
            f"{PREFIX}{name.upper()} leads to another machine without TLS, and NINTEI_TLS_ONLY asks for it: "
            + ("add ?sslmode=verify-full to the address." if name == "database_url" else "use an address with TLS.")
        )
    return problems


def _fences(values: dict[str, Any]) -> list[str]:
    """A demo lets everybody in as administrator and shows all mails: it stays on its machine unless that is wanted."""
    problems = []
    if not values.get("demo_open") and not parse.loopback(values.get("host", "127.0.0.1")):
        problems.append(
            "NINTEI_DEMO: everybody who reaches a demo is its administrator, and NINTEI_HOST lets other machines reach "
            "it. Leave NINTEI_HOST at 127.0.0.1, or say NINTEI_DEMO_OPEN=yes if that is what you want."
        )
    if values.get("base_url", "").startswith("https:"):
        problems.append(
            "NINTEI_DEMO: everybody who reaches a demo is its administrator, and NINTEI_BASE_URL is an https address, "
            "as real portals have it. Switch the demo off, or leave NINTEI_BASE_URL away."
        )
    return problems


def _nearest(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    return f"; did you mean {near[0]}?" if near else "."


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ",".join(str(each) for each in value)
    return str(value)


def _shown(of: Field[Any], value: Any) -> str:
    if of.metadata["secret"]:
        return "***" if value else ""
    return re.sub(r"(?<=://)([^/@:]*):[^/@]*@", r"\1:***@", _as_text(value))
