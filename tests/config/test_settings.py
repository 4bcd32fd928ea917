"""What the settings accept, refuse and never tell."""

from __future__ import annotations

import re
import stat
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

from config.settings import (
    CONFIG_FILE,
    HANDED,
    SECRETS_DIR,
    BadSettings,
    Settings,
    environment_name,
    from_environment,
    load,
    with_demo_secrets,
)

PROJECT = Path(__file__).parents[2]
SECRET = "kq8fJ2-only-for-tests-Xy71_zzTop-0099"
NAMES = [environment_name(field) for field in fields(Settings)]


@pytest.fixture(autouse=True)
def in_a_folder_with_packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bpmn").mkdir()
    monkeypatch.chdir(tmp_path)


def problems(**environ: str) -> list[str]:
    with pytest.raises(BadSettings) as caught:
        load(environ)
    return caught.value.problems


def test_a_demo_needs_no_setting_at_all(tmp_path: Path) -> None:
    settings = load({"NINTEI_DEMO": "1"})
    assert settings.demo
    assert settings.data_dir == tmp_path / "var"
    assert settings.database_url == f"sqlite:///{tmp_path}/var/nintei.db"
    assert settings.base_url == "http://127.0.0.1:8000"
    assert load({"NINTEI_DEMO": "1", "NINTEI_PORT": "8123"}).base_url == "http://127.0.0.1:8123", (
        "it is where it listens"
    )
    assert (settings.host, settings.port) == ("127.0.0.1", 8000)
    assert settings.packages_dir == PROJECT / "bpmn"  # whatever folder it is started in
    assert settings.card_reader == "virtual"
    assert settings.mail_url == ""
    assert settings.clock_file is None
    assert settings.language == "ja"


def test_outside_the_demo_a_secret_key_is_asked_for_with_a_way_to_make_one() -> None:
    (problem,) = problems()
    assert problem.startswith("NINTEI_SECRET_KEY is missing")
    assert "secrets.token_urlsafe" in problem


def test_commands_that_serve_nobody_need_no_secret_key() -> None:
    assert load({}, serves=False).secret_key == ""


@pytest.mark.parametrize(
    "key",
    [
        "short", "x" * 64, "01234567" * 5, "abcdefghijklmnopqrstuvwxyz0123456789", "9876543210zyxwvutsrqponmlkjihg",
        "password1234567890password1234567890", "changeme-changeme-please-changeme-now",
    ],
)  # fmt: skip
def test_a_secret_key_that_can_be_guessed_is_refused_and_not_repeated(key: str) -> None:
    (problem,) = problems(NINTEI_SECRET_KEY=key)
    assert problem.startswith("NINTEI_SECRET_KEY: ")
    assert f"'{key}'" not in problem


def test_a_secret_that_was_good_enough_once_still_opens_what_lies_there() -> None:
    old = "01234567" * 5
    settings = load(
        {"NINTEI_SECRET_KEY": SECRET, "NINTEI_CARD_KEY": old, "NINTEI_SEALING_KEYS": f"{SECRET[::-1]},{old}"}
    )
    assert (settings.card_key, settings.sealing_keys[1]) == (old, old)
    (problem,) = problems(NINTEI_SECRET_KEY=SECRET, NINTEI_SEALING_KEYS=f"{old},{SECRET[::-1]}")
    assert problem.startswith("NINTEI_SEALING_KEYS: ")


def test_a_real_card_reader_needs_a_card_key_of_its_own() -> None:
    assert "NINTEI_CARD_KEY is missing" in problems(NINTEI_SECRET_KEY=SECRET, NINTEI_CARD_READER="pcsc")[0]
    assert "must differ" in problems(NINTEI_SECRET_KEY=SECRET, NINTEI_CARD_KEY=SECRET)[0]


def test_every_problem_is_told_at_once() -> None:
    found = problems(
        NINTEI_PORT="eighty",
        NINTEI_BASE_URL="nintei.example.jp",
        NINTEI_LANGUAGE="fr",
        NINTEI_DEMO="perhaps",
    )
    assert sorted(problem.split()[0].strip(":") for problem in found) == [
        "NINTEI_BASE_URL",
        "NINTEI_DEMO",
        "NINTEI_LANGUAGE",
        "NINTEI_PORT",
    ]


def test_a_folder_of_packages_that_is_not_there_stops_nothing() -> None:
    """What was released lies in the database: `nintei run` names the folder, and serves."""
    settings = load({"NINTEI_SECRET_KEY": SECRET, "NINTEI_PACKAGES_DIR": "/nowhere"})
    assert settings.packages_dir == Path("/nowhere")


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [
        ("PORT", "0", "a whole number from 1 to 65535"),
        ("PORT", "８０", "a whole number from 1 to 65535"),
        ("DATABASE_URL", "mysql://u@h/d", "postgresql://user:password@host/database"),
        ("DATABASE_URL", "sqlite:///", "sqlite:///path/to/file.db"),
        ("DATABASE_URL", "postgresql://host", "postgresql://user:password@host/database"),
        ("DATABASE_URL", "postgresql://u@h/d?sslmod=require", "says sslmod behind the ?"),
        ("MAIL_URL", "mail.example.jp", "smtp://"),
        ("MAIL_URL", "smtp://host:port", "smtp://"),
        ("MAIL_FROM", "somebody", "nintei@example.jp"),
        ("MAIL_FROM", "a@b.jp\nBcc: all@b.jp", "nintei@example.jp"),
        ("BASE_URL", "ftp://nintei.example.jp", "https://nintei.example.jp"),
        ("HOST", "127.0.0.1:8000", "without a port"),
        ("HOST", "", "an address to listen on"),
        ("DATA_DIR", "", "must name a folder"),
        ("DEMO", "perhaps", "yes or no"),
        ("WEB_THREADS", "0", "a whole number from 1 to 64"),
        ("LOG_LEVEL", "LOUD", "TRAFFIC, DEBUG, INFO"),
        ("TRUSTED_PROXIES", "10.0.0.1, proxy", "proxy is neither an IP address nor a network"),
        ("CLAMD_URL", "clamd", "unix:///run/clamav/clamd.ctl"),
        ("LANGUAGE", "fr", "ja, en"),
        ("CARD_READER", "", "must not be empty"),
    ],
)
def test_a_wrong_value_is_refused_with_what_is_wanted(name: str, value: str, wanted: str) -> None:
    found = problems(**{"NINTEI_DEMO": "yes", "NINTEI_MAIL_FROM": "a@b.jp", f"NINTEI_{name}": value})
    assert len(found) == 1
    assert found[0].startswith(f"NINTEI_{name} {value.strip()!r}: ")
    assert wanted in found[0]


@pytest.mark.parametrize(
    ("name", "value", "read"),
    [
        ("base_url", "https://nintei.example.jp/", "https://nintei.example.jp"),
        ("host", "::1", "::1"),
        ("trusted_proxies", "10.0.0.5, 10.1.2.3/16", ("10.0.0.5", "10.1.0.0/16")),
        (
            "mail_url",
            "smtp+starttls://me%40x:p%2Fw@mail.example.jp:587",
            "smtp+starttls://me%40x:p%2Fw@mail.example.jp:587",
        ),
        ("mail_from", "認定事務局 <nintei@example.jp>", "認定事務局 <nintei@example.jp>"),
        ("database_url", "postgresql://postgres@/test?host=%2Ftmp", "postgresql://postgres@/test?host=%2Ftmp"),
        ("log_level", "debug", "DEBUG"),
        ("workers", "0", 0),
    ],
)
def test_a_right_value_is_read(name: str, value: str, read: object) -> None:
    environ = {"NINTEI_SECRET_KEY": SECRET, "NINTEI_MAIL_FROM": "a@b.jp", f"NINTEI_{name.upper()}": value}
    assert getattr(load(environ), name) == read


def test_mail_that_goes_out_needs_a_sender() -> None:
    (problem,) = problems(NINTEI_DEMO="yes", NINTEI_MAIL_URL="smtp://mail.example.jp")
    assert problem.startswith("NINTEI_MAIL_FROM is missing")


def test_a_misspelt_name_is_told_with_the_nearest_right_one() -> None:
    (problem,) = problems(NINTEI_DEMO="yes", NINTEI_DATABSE_URL="sqlite:///x.db")
    assert problem == "There is no setting NINTEI_DATABSE_URL; did you mean NINTEI_DATABASE_URL?"


def test_names_of_others_are_left_alone() -> None:
    assert load({"NINTEI_DEMO": "yes", "PORT": "1", "PATH": "/bin"}).port == 8000


def test_a_file_sets_what_the_environment_does_not(tmp_path: Path) -> None:
    file = tmp_path / "nintei.toml"
    file.write_text('demo = true\nport = 9000\nlanguage = "en"\ntrusted_proxies = ["10.0.0.5", "10.0.0.6"]\n')
    settings = load({CONFIG_FILE: str(file), "NINTEI_PORT": "9001"})
    assert (settings.port, settings.language) == (9001, "en")
    assert settings.trusted_proxies == ("10.0.0.5", "10.0.0.6")
    assert load({}, file).port == 9000


def test_what_is_wrong_in_a_file_is_told_with_its_place(tmp_path: Path) -> None:
    file = tmp_path / "nintei.toml"
    file.write_text("demo = true\nprot = 9000\nport = 99999\n[mail]\nurl = 1\n")
    with pytest.raises(BadSettings) as caught:
        load({}, file)
    assert f"{file}: there is no setting 'prot'; did you mean port?" in caught.value.problems
    assert f"{file}: port '99999': must be a whole number from 1 to 65535." in caught.value.problems
    assert any("'mail'" in problem for problem in caught.value.problems)


def test_a_file_that_is_not_there_or_not_toml_is_told(tmp_path: Path) -> None:
    assert "cannot be read" in problems(NINTEI_DEMO="1", NINTEI_CONFIG=str(tmp_path / "none.toml"))[0]
    (tmp_path / "bad.toml").write_text("port 9000")
    assert "is not TOML" in problems(NINTEI_DEMO="1", NINTEI_CONFIG=str(tmp_path / "bad.toml"))[0]


def test_secrets_never_show() -> None:
    settings = load(
        {
            "NINTEI_SECRET_KEY": SECRET,
            "NINTEI_CARD_KEY": SECRET[::-1],
            "NINTEI_MAIL_FROM": "a@b.jp",
            "NINTEI_MAIL_URL": "smtp://me:mailpassword@h",
            "NINTEI_DATABASE_URL": "postgresql://u:dbpassword@h/d",
        }
    )
    for told in (repr(settings), str(settings), str(settings.shown())):
        assert SECRET not in told
        assert SECRET[::-1] not in told
        assert "password" not in told
        assert "postgresql://u:***@h/d" in told


def test_a_child_process_can_be_given_the_same_settings() -> None:
    settings = load({"NINTEI_SECRET_KEY": SECRET, "NINTEI_TRUSTED_PROXIES": "10.0.0.5", "NINTEI_DEMO": "yes"})
    assert load(settings.as_environment()) == settings


def test_the_environment_is_read_and_the_command_line_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NINTEI_PORT", "9000")
    monkeypatch.setenv("NINTEI_LANGUAGE", "en")
    settings = from_environment(demo="yes", port="9001")
    assert (settings.demo, settings.port, settings.language) == (True, 9001, "en")


def test_a_demo_makes_its_secrets_once_and_keeps_them_to_itself() -> None:
    settings = load({"NINTEI_DEMO": "yes"})
    first = with_demo_secrets(settings)
    assert len(first.secret_key) >= 32
    assert first.secret_key != first.card_key
    assert with_demo_secrets(settings) == first
    (kept,) = settings.data_dir.iterdir()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert with_demo_secrets(load({"NINTEI_DEMO": "yes", "NINTEI_SECRET_KEY": SECRET})).secret_key == SECRET


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "localhost", "::1", "[::1]"])
def test_a_demo_is_reached_from_its_machine(host: str) -> None:
    assert load({"NINTEI_DEMO": "yes", "NINTEI_HOST": host}).demo


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "nintei.example.jp"])
def test_a_demo_is_reached_from_elsewhere_only_where_that_is_said(host: str) -> None:
    (problem,) = problems(NINTEI_DEMO="yes", NINTEI_HOST=host)
    assert "NINTEI_DEMO_OPEN" in problem
    assert load({"NINTEI_DEMO": "yes", "NINTEI_HOST": host, "NINTEI_DEMO_OPEN": "yes"}).demo


def test_a_demo_has_no_https_address() -> None:
    more = {"NINTEI_DEMO": "yes", "NINTEI_DEMO_OPEN": "yes", "NINTEI_BASE_URL": "https://nintei.example.jp"}
    (problem,) = problems(**more)
    assert "NINTEI_BASE_URL" in problem


def test_each_setting_has_its_heading_in_the_docs_and_each_heading_its_setting() -> None:
    headings = re.findall(r"^### (NINTEI_\w+)$", (PROJECT / "docs/settings.md").read_text(), re.MULTILINE)
    assert sorted(headings) == sorted([*NAMES, CONFIG_FILE, SECRETS_DIR])


def test_the_example_file_shows_every_setting_with_its_default(tmp_path: Path) -> None:
    example = PROJECT / "config/nintei.example.toml"
    assert sorted(tomllib.loads(example.read_text())) == sorted(field.name for field in fields(Settings))
    assert load({}, example, serves=False) == load({}, serves=False)


def test_a_keeper_of_secrets_hands_them_over_in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As systemd, Kubernetes and the agents of vaults do; the environment wins over it, it wins over the file."""
    folder = tmp_path / "credentials"
    (folder / "..data").mkdir(parents=True)
    (folder / "secret_key").write_text(f"{SECRET}\n")
    (folder / "nintei.mail_url").write_text("smtps://me:word@mail.example.jp")
    (folder / "tls.crt").write_bytes(b"\xff")
    file = tmp_path / "nintei.toml"
    file.write_text('secret_key = "another one, in the file of settings, 0123456789"\nmail_from = "a@b.jp"\n')
    settings = load({SECRETS_DIR: str(folder)}, file)
    assert (settings.secret_key, settings.mail_url) == (SECRET, "smtps://me:word@mail.example.jp")
    assert load({SECRETS_DIR: str(folder), "NINTEI_SECRET_KEY": SECRET[::-1]}, file).secret_key == SECRET[::-1]
    monkeypatch.setenv(HANDED, str(folder))
    monkeypatch.setenv("NINTEI_MAIL_FROM", "a@b.jp")
    assert from_environment().secret_key == SECRET


def test_what_is_wrong_in_a_folder_of_secrets_is_told_without_the_secret(tmp_path: Path) -> None:
    assert "cannot be read" in problems(NINTEI_DEMO="1", NINTEI_SECRETS_DIR=str(tmp_path / "none"))[0]
    (tmp_path / "secret_kee").write_text("x")
    (tmp_path / "card_key").write_text("hidden, and short")
    (tmp_path / "files_secret").write_bytes(b"\xff\xfe")
    found = "\n".join(problems(NINTEI_DEMO="1", NINTEI_SECRETS_DIR=str(tmp_path)))
    assert "there is no setting 'secret_kee'" in found
    assert f"{tmp_path}: card_key: must have at least 32 characters" in found
    assert "files_secret is not text" in found
    assert "hidden" not in found


@pytest.mark.parametrize(
    ("name", "plain", "safe"),
    [
        ("MAIL_URL", "smtp://mail.example.jp:25", "smtp+starttls://mail.example.jp"),
        ("IMAP_URL", "imap://u:p@mail.example.jp", "imaps://u:p@mail.example.jp"),
        ("DATABASE_URL", "postgresql://u@db/d?sslmode=require", "postgresql://u@db/d?sslmode=verify-full"),
        ("DATABASE_URL", "postgresql://u@/d?host=10.0.0.5", "postgresql:///d?host=/run/postgresql"),
        ("TIMESTAMP_URL", "http://tsa.example/", "https://tsa.example/"),
        ("CLAMD_URL", "tcp://scan.example.jp:3310", "unix:///run/clamav/clamd.ctl"),
        ("BASE_URL", "http://nintei.example.jp", "http://127.0.0.1:8000"),
        ("FILES_ENDPOINT", "http://s3.example.jp", "http://localhost:9000"),
    ],
)
def test_where_tls_is_asked_for_nothing_leads_to_another_machine_without(name: str, plain: str, safe: str) -> None:
    given = {"NINTEI_SECRET_KEY": SECRET, "NINTEI_MAIL_FROM": "a@b.jp", "NINTEI_FILES": "s3://bucket"}
    load({**given, f"NINTEI_{name}": plain})
    (problem,) = problems(**given, NINTEI_TLS_ONLY="yes", **{f"NINTEI_{name}": plain})
    assert problem.startswith(f"NINTEI_{name} leads to another machine without TLS")
    assert "u:p" not in problem
    assert load({**given, "NINTEI_TLS_ONLY": "yes", f"NINTEI_{name}": safe}).tls_only


@pytest.mark.parametrize(
    ("said", "read"), [("", None), ("log.example.jp:6514", ("log.example.jp", 6514)), ("[::1]:6514", ("::1", 6514))]
)
def test_where_the_log_goes_is_a_name_and_a_port(said: str, read: tuple[str, int] | None) -> None:
    assert load({"NINTEI_SECRET_KEY": SECRET, "NINTEI_LOG_AWAY": said}).log_away == read


@pytest.mark.parametrize("said", ["log.example.jp", ":6514", "log.example.jp:0", "log.example.jp:99999", "tls://a:1"])
def test_a_place_of_the_log_that_is_none_is_refused(said: str) -> None:
    assert problems(NINTEI_SECRET_KEY=SECRET, NINTEI_LOG_AWAY=said)[0].startswith("NINTEI_LOG_AWAY ")
