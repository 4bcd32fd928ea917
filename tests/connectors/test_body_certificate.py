"""The body's own certificate, somebody else's clock, and a new certificate before the old one ends."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from app.connectors import pdf, signature, signed
from app.connectors.pdf import Printer
from app.errors import Permanent, Temporary
from app.store.objects.sealing import Sealing
from tests.fakes import tsa

NOW = dt.datetime.now(dt.UTC)

SEALING = Sealing(["a secret of tests"])


def written(folder: Path, key: pdf.SigningKey, *more: bytes) -> tuple[Path, Path]:
    (folder / "body.key").write_bytes(key.private)
    (folder / "body.pem").write_bytes(b"".join([key.certificate, *more]))
    return folder / "body.key", folder / "body.pem"


def test_the_body_signs_with_its_own_certificate_and_what_stands_above_it(printer: Printer, tmp_path: Path) -> None:
    above = pdf.make_signing_key("見本認証局")
    key = signature.of_body(*written(tmp_path, pdf.make_signing_key("運営主体"), above.certificate))
    content = pdf.sign(printer.render("<p>認定証</p>", {}), key)
    [found] = signed.found(content)
    assert found.signer == "運営主体" and found.intact and found.whole


def test_a_certificate_that_has_ended_or_is_not_that_of_the_key_signs_nothing(tmp_path: Path) -> None:
    over = pdf.make_signing_key("運営主体", now=NOW - dt.timedelta(days=800), years=1)
    with pytest.raises(Permanent, match="ended"):
        signature.of_body(*written(tmp_path, over))
    other = pdf.SigningKey(pdf.make_signing_key("甲").private, pdf.make_signing_key("乙").certificate)
    with pytest.raises(Permanent, match="cannot be used"):
        signature.of_body(*written(tmp_path, other))
    with pytest.raises(Permanent, match="cannot be used"):
        signature.of_body(tmp_path / "none.key", tmp_path / "none.pem")


def test_a_timestamp_authority_says_when_a_paper_was_signed(printer: Printer) -> None:
    key = pdf.make_signing_key("運営主体")
    with tsa.authority() as url:
        content = pdf.sign(printer.render("<p>認定証</p>", {}), key, timestamp_url=url)
    [found] = signed.found(content)
    assert found.intact and found.stamped


def test_while_it_is_away_papers_wait(printer: Printer) -> None:
    key, page = pdf.make_signing_key("運営主体"), printer.render("<p>認定証</p>", {})
    with tsa.authority(status=503) as url, pytest.raises(Temporary):
        pdf.sign(page, key, timestamp_url=url)
    with pytest.raises(Temporary):
        pdf.sign(page, key, timestamp_url=url)


def test_the_portals_own_certificate_is_followed_by_another_before_it_ends(tmp_path: Path) -> None:
    folder = tmp_path / "signing"
    first = signature.kept(folder, "運営主体", SEALING, now=NOW)
    assert signature.kept(folder, "運営主体", SEALING, now=NOW + dt.timedelta(days=3000)) == first
    late = signature.valid_until(first) - dt.timedelta(days=10)
    second = signature.kept(folder, "運営主体", SEALING, now=late)
    assert second != first and signature.valid_until(second) > signature.valid_until(first)
    kept = [path for path in folder.iterdir() if "until" in path.name]
    texts = {path.read_bytes() for path in kept}
    assert {SEALING.open(text) or text for text in texts} == {first.private, first.certificate}
    assert signature.kept(folder, "運営主体", SEALING, now=late) == second
