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
from app.store.objects.sealing import Sealing

SEALING = Sealing(["a secret of tests"])
ASKERS = 8
ASK = """
import sys
from pathlib import Path
from app.connectors import signature
from app.store.objects.sealing import Sealing
print("here", flush=True)
sys.stdin.readline()
sys.stdout.write(signature.kept(Path(sys.argv[1]), "機構", Sealing(["a secret of tests"])).certificate.decode())
"""

READ_AND_SIGN = """
import base64
from app.connectors import cms, pdf, sealed
from reportlab.pdfgen.canvas import Canvas
key = pdf.make_signing_key("機構")
pem = cms.sign(b"signed", key)
der = base64.b64decode(b"".join(pem.splitlines()[1:-1]))
{first}
canvas = Canvas("")
canvas.showPage()
pdf.sign(canvas.getpdfdata(), key)
"""


def test_threads_that_ask_at_once_are_given_the_same_key(tmp_path: Path) -> None:
    at_once = threading.Barrier(ASKERS)

    def ask(_: int) -> signature.SigningKey:
        at_once.wait()
        return signature.kept(tmp_path / "signing", "機構", SEALING)

    with ThreadPoolExecutor(ASKERS) as pool:
        found = list(pool.map(ask, range(ASKERS)))
    assert set(found) == {signature.kept(tmp_path / "signing", "機構", SEALING)}
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
    assert found == {signature.kept(tmp_path / "signing", "機構", SEALING).certificate.decode()}


def test_nobody_else_can_read_it(tmp_path: Path) -> None:
    signature.kept(tmp_path / "signing", "機構", SEALING)
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
        signature.kept(tmp_path / "signing", "機構", SEALING)
    monkeypatch.undo()
    signature.valid_until(signature.kept(tmp_path / "signing", "機構", SEALING))


def test_a_certificate_whose_key_is_gone_is_not_replaced_in_silence(tmp_path: Path) -> None:
    signature.kept(tmp_path / "signing", "機構", SEALING)
    (tmp_path / "signing" / "key.pem").unlink()
    before = (tmp_path / "signing" / "certificate.pem").read_bytes()
    with pytest.raises(Permanent, match="put it back from a backup"):
        signature.kept(tmp_path / "signing", "機構", SEALING)
    assert (tmp_path / "signing" / "certificate.pem").read_bytes() == before


def test_whoever_copies_the_folder_has_no_key(tmp_path: Path) -> None:
    made = signature.kept(tmp_path / "signing", "機構", SEALING)
    assert b"PRIVATE KEY" in made.private
    lying = b"".join(each.read_bytes() for each in (tmp_path / "signing").iterdir())
    assert b"PRIVATE KEY" not in lying
    with pytest.raises(Permanent, match="NINTEI_SEALING_KEYS"):
        signature.kept(tmp_path / "signing", "機構", Sealing(["another secret of tests"]))


def test_a_key_that_lies_there_in_the_clear_signs_on_and_is_sealed(tmp_path: Path) -> None:
    folder = tmp_path / "signing"
    made = signature.kept(folder, "機構", SEALING)
    (folder / "key.pem").write_bytes(made.private)  # as an earlier version kept it
    (folder / "key-until-20250101.pem").write_bytes(made.private)
    assert signature.kept(folder, "機構", SEALING) == made
    assert not signature.in_the_clear(folder)
    assert (folder / "key.pem").stat().st_mode & 0o077 == 0
    assert signature.opened(folder / "key-until-20250101.pem", SEALING) == made.private


def test_another_sealing_key_comes_first_and_the_old_one_goes(tmp_path: Path) -> None:
    made = signature.kept(tmp_path / "signing", "機構", SEALING)
    both = Sealing(["a newer secret of tests", "a secret of tests"])
    assert signature.reseal(tmp_path / "signing", both) == 1
    assert signature.kept(tmp_path / "signing", "機構", Sealing(["a newer secret of tests"])) == made


@pytest.mark.parametrize("first", ["sealed.opened(der)", "cms.holds(b'signed', pem)"], ids=["a mail", "a record"])
def test_who_has_read_somebodys_signature_can_still_sign(first: str) -> None:
    """In a process of its own: the library learns the names of attributes only until it is used for the first time."""
    done = subprocess.run([sys.executable, "-c", READ_AND_SIGN.format(first=first)], capture_output=True, check=False)
    assert (done.returncode, done.stderr.decode()[-2000:]) == (0, "")
