"""The key that signs papers is made once, however many ask for it first."""

from __future__ import annotations

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.connectors import signature
from app.errors import Permanent

ASKERS = 8
ASK = """
import sys
from pathlib import Path
from app.connectors import signature
print("here", flush=True)
sys.stdin.readline()
sys.stdout.write(signature.kept(Path(sys.argv[1]), "機構").certificate.decode())
"""


def test_threads_that_ask_at_once_are_given_the_same_key(tmp_path: Path) -> None:
    at_once = threading.Barrier(ASKERS)

    def ask(_: int) -> signature.SigningKey:
        at_once.wait()
        return signature.kept(tmp_path / "signing", "機構")

    with ThreadPoolExecutor(ASKERS) as pool:
        found = list(pool.map(ask, range(ASKERS)))
    assert set(found) == {signature.kept(tmp_path / "signing", "機構")}
    signature.valid_until(found[0])  # raises when the certificate is not that of the key


def test_processes_that_ask_at_once_are_given_the_same_key(tmp_path: Path) -> None:
    asking = [
        subprocess.Popen(
            [sys.executable, "-c", ASK, str(tmp_path / "signing")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    for each in asking:
        assert each.stdout is not None and each.stdout.readline() == "here\n"
    for each in asking:
        assert each.stdin is not None
        each.stdin.write("now\n")
        each.stdin.flush()
    found = {each.communicate(timeout=60)[0] for each in asking}
    assert found == {signature.kept(tmp_path / "signing", "機構").certificate.decode()}


def test_nobody_else_can_read_it(tmp_path: Path) -> None:
    signature.kept(tmp_path / "signing", "機構")
    assert (tmp_path / "signing").stat().st_mode & 0o077 == 0
    assert (tmp_path / "signing" / "key.pem").stat().st_mode & 0o077 == 0


def test_a_power_cut_while_it_is_made_leaves_nothing_that_is_half(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, written = signature.write_whole, []

    def cut(path: Path, content: bytes) -> None:
        if written:
            raise KeyboardInterrupt  # the first file is there, the second never comes
        written.append(path)
        write(path, content)

    monkeypatch.setattr(signature, "write_whole", cut)
    with pytest.raises(KeyboardInterrupt):
        signature.kept(tmp_path / "signing", "機構")
    monkeypatch.undo()
    signature.valid_until(signature.kept(tmp_path / "signing", "機構"))


def test_a_certificate_whose_key_is_gone_is_not_replaced_in_silence(tmp_path: Path) -> None:
    signature.kept(tmp_path / "signing", "機構")
    (tmp_path / "signing" / "key.pem").unlink()
    before = (tmp_path / "signing" / "certificate.pem").read_bytes()
    with pytest.raises(Permanent, match="put it back from a backup"):
        signature.kept(tmp_path / "signing", "機構")
    assert (tmp_path / "signing" / "certificate.pem").read_bytes() == before
