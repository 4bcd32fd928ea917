from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from hardware import KeyStore, LentCard, SecretGuard, make_key_file
from hardware.cli import DEFAULTS, CardDefaults, card
from hardware.crypto import Key
from hardware.facts import Role
from hardware.profiles.layout import KEY_CONTEXT
from tests.hardware.conftest import WORKER_ID


class Cli:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, *arguments: str, answers: str = "") -> Result:
        where = ["--folder", str(self.folder)]
        return CliRunner().invoke(card, [*where, *arguments], input=answers, env={"NINTEI_CARD_READER": ""})

    def virtual(self, *arguments: str, answers: str = "") -> Result:
        return self("--reader", "virtual", *arguments, answers=answers)


@pytest.fixture
def cli(folder: Path) -> Cli:
    return Cli(folder)


def objects(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.mark.parametrize("command", [("wipe", "--yes"), ("verify",)])
def test_a_card_is_not_tried_with_keys_that_were_made_just_now(command: tuple[str, ...], cli: Cli) -> None:
    done = cli(*command, "--serial", "T-1")  # whatever reader there is
    assert done.exit_code == 5
    assert "There is no key store" in done.output
    assert not (cli.folder / "keys/keys.json").exists()


def test_a_card_is_made_read_verified_and_wiped(cli: Cli) -> None:
    made = cli.virtual("personalise", "--serial", "T-1", "--worker-id", WORKER_ID, "--json")
    assert made.exit_code == 0, made.output
    receipt = objects(made)[0]
    assert (receipt["act"], receipt["serial"], receipt["already"]) == ("personalise", "T-1", False)
    read = cli.virtual("read", "--json")
    facts = objects(read)[0]
    assert (facts["serial"], facts["life_cycle"], facts["uid"]) == ("T-1", "personalised", receipt["uid"])
    verified = cli.virtual("verify", "--serial", "T-1", "--uid", receipt["uid"], "--data-tag", receipt["data_tag"])
    assert verified.exit_code == 0
    assert "proven" in verified.stdout
    wiped = cli.virtual("wipe", "--serial", "T-1", "--yes")
    assert "wiped" in wiped.stdout
    assert objects(cli("virtual", "list", "--json"))[0]["life_cycle"] == "wiped"


def test_reading_says_everything_in_words(cli: Cli) -> None:
    cli("virtual", "insert")
    words = cli.virtual("read").stdout
    for word in ("Reader:", "ATR:", "3B8A", "UID:", "CCUS-TEST v1", "blank", "Can be personalised:  yes"):
        assert word in words


def test_the_worker_id_is_asked_for_without_echo(cli: Cli) -> None:
    made = cli.virtual("personalise", "--serial", "T-1", answers=f"{WORKER_ID}\n")
    assert made.exit_code == 0
    assert WORKER_ID not in made.output


def test_a_batch_is_made_and_can_be_given_again(cli: Cli) -> None:
    plan = "serial,worker_id,test_data\n" + "".join(f"B-{n},0000000000000{n},0{n}\n" for n in range(4))
    first = cli.virtual("personalise", "--plan", "-", "--json", answers=plan)
    assert [receipt["already"] for receipt in objects(first)] == [False] * 4
    assert len({receipt["uid"] for receipt in objects(first)}) == 4
    again = cli.virtual("personalise", "--plan", "-", "--json", answers=plan)
    assert [receipt["already"] for receipt in objects(again)] == [True] * 4
    assert len(objects(cli("virtual", "list", "--json"))) == 4


def test_one_bad_card_does_not_stop_a_batch_but_its_end_says_so(cli: Cli) -> None:
    plan = "serial,worker_id\nB-0,00000000000000\nB-1,short\nB-2,00000000000002\n"
    result = cli.virtual("personalise", "--plan", "-", "--json", answers=plan)
    assert result.exit_code == 1
    assert [entry.get("error", "ok") for entry in objects(result)] == ["ok", "bad_plan", "ok"]


@pytest.mark.parametrize(
    "plan",
    ["", "serial\nB-0\n", "serial,worker_id\n", "serial,worker_id,test_data\nB-0,1,zz\n", "serial,worker_id\nB-0\n"],
)
def test_a_plan_that_cannot_be_read_is_a_usage_error(cli: Cli, plan: str) -> None:
    assert cli.virtual("personalise", "--plan", "-", answers=plan).exit_code == 2


def test_personalise_wants_one_card_or_a_batch(cli: Cli) -> None:
    assert cli.virtual("personalise").exit_code == 2
    assert cli.virtual("personalise", "--serial", "A", "--plan", "-").exit_code == 2


@pytest.mark.parametrize(
    ("arguments", "code", "exit_code"),
    [
        (("read",), "no_card", 4),
        (("verify", "--serial", "T-9"), "no_card", 4),
        (("wipe", "--serial", "T-9", "--yes"), "no_card", 4),
        (("personalise", "--serial", "small letters", "--worker-id", WORKER_ID), "bad_plan", 1),
        (("personalise", "--serial", "T-1", "--worker-id", "12"), "bad_plan", 1),
        (("personalise", "--serial", "T-1", "--worker-id", WORKER_ID, "--key-version", "7"), "unknown_key", 5),
    ],
)
def test_errors_are_named_for_machines_and_have_their_exit_code(
    cli: Cli, arguments: tuple[str, ...], code: str, exit_code: int
) -> None:
    result = cli.virtual(*arguments, "--json")
    assert (objects(result)[0]["error"], result.exit_code) == (code, exit_code)


def test_the_wrong_card_is_refused_in_clear_words(cli: Cli) -> None:
    cli.virtual("personalise", "--serial", "T-1", "--worker-id", WORKER_ID)
    refused = cli.virtual("wipe", "--serial", "T-2", "--yes")
    assert refused.exit_code == 1
    assert "This is card T-1" in refused.stderr
    assert "not T-2" in refused.stderr


def test_wiping_asks_first(cli: Cli) -> None:
    cli.virtual("personalise", "--serial", "T-1", "--worker-id", WORKER_ID)
    assert cli.virtual("wipe", "--serial", "T-1", answers="n\n").exit_code == 1
    assert objects(cli("virtual", "list", "--json"))[0]["life_cycle"] == "personalised"


def test_no_reader_is_said_with_what_to_do(cli: Cli) -> None:
    empty = cli.virtual("read")
    assert "There is no card in the reader" in empty.stderr
    assert "Put a card on the reader" in empty.stderr
    cli("virtual", "insert")
    cli("virtual", "eject")
    assert cli.virtual("read").exit_code == 4
    assert cli("virtual", "insert", "--serial", "T-9").exit_code == 4


def python(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
        env={**os.environ, **environment},
        timeout=60,
    )


def test_a_machine_without_pyscard_says_so() -> None:
    code = (
        "import runpy, sys; sys.modules['smartcard'] = None;"
        "sys.argv = ['card', 'readers', '--json']; runpy.run_module('hardware')"
    )
    result = python(code)
    assert result.returncode == 3, result.stderr
    assert json.loads(result.stdout)["error"] == "no_daemon"
    assert "pyscard" in result.stdout


def test_a_machine_without_a_running_daemon_says_so(tmp_path: Path) -> None:
    pytest.importorskip(
        "smartcard.scard",
        reason="pyscard is not installed",
    )
    code = "import sys; sys.argv = ['card', 'readers']; import runpy; runpy.run_module('hardware')"
    result = python(code, PCSCLITE_CSOCK_NAME=str(tmp_path / "none"))
    assert result.returncode == 3
    assert "pcscd" in result.stderr
    assert "--reader virtual" in result.stderr


def test_a_key_ceremony_of_two_people(cli: Cli, tmp_path: Path) -> None:
    kek = tmp_path / "kek"
    kek.write_text("5a" * 32 + "\n")
    with_kek = ("--kek-file", str(kek))
    assert cli("keys", "create").exit_code == 2
    assert cli(*with_kek, "keys", "create").exit_code == 0
    first = cli(*with_kek, "keys", "contribute", "reader", "1", "--custodian", "佐藤", "--new")
    assert "waiting for the second person" in first.stdout
    letter = first.stderr.split(": ")[-1].strip()
    assert letter not in first.stdout
    alone = cli(*with_kek, "keys", "contribute", "reader", "1", "--custodian", "佐藤", answers="00" * 16 + "\n763CBC\n")
    assert alone.exit_code == 1
    typed = Key(bytes(range(16)))
    answers = f"{typed.reveal().hex()}\n{typed.kcv.hex()}\n"
    second = cli(*with_kek, "keys", "contribute", "reader", "1", "--custodian", "鈴木", answers=answers)
    assert "master complete" in second.stdout
    assert typed.reveal().hex() not in second.output
    assert "佐藤 + 鈴木" in cli(*with_kek, "keys", "list").stdout
    assert (
        cli(
            "--kek-file", str(kek), "--reader", "virtual", "personalise", "--serial", "A", "--worker-id", WORKER_ID
        ).exit_code
        == 5
    )


def test_a_vendor_opens_its_key_file_and_verifies_with_it(cli: Cli, tmp_path: Path) -> None:
    made = objects(cli.virtual("personalise", "--serial", "T-1", "--worker-id", WORKER_ID, "--json"))[0]
    store = KeyStore.embedded(cli.folder / "keys")
    lent = [LentCard("T-1", made["uid"], 1)]
    issued = make_key_file(lent, store, vendor="株式会社ためし", reference="2026-0007",
                           issued=datetime(2026, 4, 1, tzinfo=UTC), expires=date(2099, 1, 1))  # fmt: skip
    file, out = tmp_path / "keys.json", tmp_path / "out.json"
    file.write_text(issued.text, encoding="utf-8")
    answers = "".join(f"{letter.component}\n" for letter in issued.letters)
    public = ("--public-key", issued.letters[0].public_key)
    opened = cli("open-key-file", str(file), *public, "--out", str(out), answers=answers)
    assert opened.exit_code == 0, opened.output
    key = store.card_key(Role.READER, 1, bytes.fromhex(made["uid"]), KEY_CONTEXT)
    assert key.kcv.hex().upper() in opened.stdout
    assert key.reveal().hex().upper() not in opened.output
    assert json.loads(out.read_text())["keys"][0]["key"] == key.reveal().hex().upper()
    assert out.stat().st_mode & 0o077 == 0
    listed = cli("open-key-file", str(file), *public, "--json", answers=answers)
    assert objects(listed)[0]["cards"][0]["keys"][0]["kcv"] == key.kcv.hex().upper()
    verified = cli.virtual("verify", "--serial", "T-1", "--key-file", str(file), *public, answers=answers)
    assert "proven" in verified.stdout
    mistyped = cli("open-key-file", str(file), *public, answers="00" * 16 + "\n" + answers)
    assert mistyped.exit_code == 0
    assert "typing error. Once more" in mistyped.stderr
    never = cli("open-key-file", str(file), *public, answers="00" * 16 + "\n")
    assert never.exit_code == 1
    swapped = cli("open-key-file", str(file), *public, answers="\n".join(reversed(answers.splitlines())) + "\n")
    assert "does not fit" in swapped.stderr
    stranger = cli("open-key-file", str(file), "--public-key", "00" * 32, answers=answers)
    assert stranger.exit_code == 5


def test_a_program_that_mounts_it_gives_its_own_defaults_and_words(folder: Path) -> None:
    @click.group()
    @click.pass_context
    def portal(ctx: click.Context) -> None:
        ctx.meta[DEFAULTS] = lambda: CardDefaults(
            folder, "virtual", (SecretGuard(Key(b"\x11" * 32)),), lambda message, _: f"«{message}»"
        )

    portal.add_command(card)
    read = CliRunner().invoke(portal, ["card", "read"])
    assert read.stderr.startswith("Error: «There is no card in the reader %(reader)s»")
    assert CliRunner().invoke(portal, ["card", "keys", "create"]).exit_code == 0
    assert (folder / "keys/keys.json").exists()


@pytest.mark.parametrize("arguments", [[], *([name] for name in sorted(card.commands))])
def test_every_command_has_help_worth_reading(cli: Cli, arguments: list[str]) -> None:
    result = cli(*arguments, "--help")
    assert result.exit_code == 0
    assert len(result.stdout.splitlines()) > 5
