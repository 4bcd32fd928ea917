from __future__ import annotations

import io
import random
import unicodedata
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from app import catalogue
from app.catalogue import Package
from app.catalogue.archive import MAX_FILES, checked, digest, from_zip, read_folder
from app.errors import BadPackage, NinteiError


def zipped(fill: Callable[[zipfile.ZipFile], object]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("package.toml", 'id = "a"')
        fill(archive)
    return target.getvalue()


def link(archive: zipfile.ZipFile) -> None:
    entry = zipfile.ZipInfo("files/link.pdf")
    entry.external_attr = 0o120777 << 16
    archive.writestr(entry, "/etc/passwd")


def lying_size(archive: zipfile.ZipFile) -> None:
    archive.writestr("files/big.bin", bytes(30 * 1024 * 1024))
    archive.filelist[-1].file_size = 10


def test_a_package_survives_its_archive_and_the_archive_is_the_same_each_time(three_steps: Package) -> None:
    data = catalogue.to_archive(three_steps)
    again = catalogue.from_archive(data)
    assert (again.digest, again.files) == (three_steps.digest, three_steps.files)
    assert catalogue.to_archive(again) == data
    assert catalogue.check(again) == []


def test_the_digest_follows_paths_and_contents_and_nothing_else() -> None:
    one = digest({"a": b"1", "b": b"2"})
    assert digest({"b": b"2", "a": b"1"}) == one
    assert len({one, digest({"a": b"2", "b": b"1"}), digest({"a": b"12", "b": b""}), digest({"ab": b"12"})}) == 4


@pytest.mark.parametrize(
    "path",
    [
        "../evil.bpmn",
        "/etc/cron.d/evil",
        "files/../../evil",
        "C:evil",
        "files\\..\\evil",
        "files//a",
        "./a",
        "a/./b",
        "files/a ",
        " files/a",
        "files/a\x01",
        "a" * 300,
        "files/..",
    ],
)
def test_paths_that_lead_out_are_refused(path: str) -> None:
    with pytest.raises(BadPackage):
        catalogue.from_archive(zipped(lambda archive: archive.writestr(path, "x")))
    with pytest.raises(BadPackage):
        catalogue.from_files({"package.toml": b'id = "a"', path: b"x"})


@pytest.mark.parametrize(
    "fill",
    [
        link,
        lying_size,
        lambda archive: archive.writestr("files/big.bin", bytes(21 * 1024 * 1024)),
        lambda archive: [archive.writestr(f"files/{n}.bin", bytes(20 * 1024 * 1024)) for n in range(6)],
        lambda archive: [archive.writestr(f"files/{n}", "") for n in range(MAX_FILES + 1)],
    ],
    ids=["link", "lying size", "one big file", "many big files", "too many files"],
)
def test_bombs_and_links_are_refused(fill: Callable[[zipfile.ZipFile], object]) -> None:
    with pytest.raises(BadPackage):
        catalogue.from_archive(zipped(fill))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_file_that_stands_there_twice_is_refused() -> None:
    with pytest.raises(BadPackage, match="twice"):
        catalogue.from_archive(zipped(lambda archive: [archive.writestr("a.bpmn", str(n)) for n in range(2)]))


def test_what_is_no_zip_or_lacks_the_manifest_is_refused() -> None:
    for data in (b"", b"PK", b"hello" * 100, zipped(lambda _: None)[:-30]):
        with pytest.raises(BadPackage):
            catalogue.from_archive(data)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("other.txt", "x")
    with pytest.raises(BadPackage, match=r"package\.toml"):
        catalogue.from_archive(target.getvalue())


def test_bytes_that_flip_on_the_way_are_refused_or_harmless(three_steps: Package) -> None:
    whole = catalogue.to_archive(three_steps)
    chance = random.Random(7)
    for _ in range(300):
        data = bytearray(whole)
        for _ in range(chance.randint(1, 4)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        try:
            catalogue.check(catalogue.from_archive(bytes(data)))
        except NinteiError:
            continue


def test_an_archive_says_its_form_and_one_of_the_first_releases_says_none(three_steps: Package) -> None:
    data = catalogue.to_archive(three_steps)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.comment == b"nintei-package 1"
    first = io.BytesIO(data)
    with zipfile.ZipFile(first, "a") as archive:
        archive.comment = b""
    assert catalogue.from_archive(first.getvalue()).files == three_steps.files


def test_an_archive_of_a_newer_program_is_not_guessed_at(three_steps: Package) -> None:
    newer = io.BytesIO(catalogue.to_archive(three_steps))
    with zipfile.ZipFile(newer, "a") as archive:
        archive.comment = b"nintei-package 99"
    with pytest.raises(BadPackage, match="a newer Nintei"):
        catalogue.from_archive(newer.getvalue())


def test_paths_are_composed_whoever_wrote_them(tmp_path: Path) -> None:
    """macOS writes 承認グループ.form with the marks of its kana apart (NFD); diagrams and manifests say it composed."""
    name, apart = "forms/承認グループ.form", unicodedata.normalize("NFD", "forms/承認グループ.form")
    assert name != apart
    (tmp_path / "forms").mkdir()
    (tmp_path / "package.toml").write_text("")
    (tmp_path / apart).write_text("{}")
    assert set(read_folder(tmp_path)) == {"package.toml", name}
    assert set(from_zip(zipped(lambda bundle: bundle.writestr(apart, "{}")))) == {"package.toml", name}
    assert set(checked({apart: b"{}"})) == {name}
    (tmp_path / name).write_text("{}")
    for read in (lambda: read_folder(tmp_path), lambda: checked({apart: b"", name: b""})):
        with pytest.raises(BadPackage):
            read()


def test_a_form_from_a_mac_belongs_to_its_task(three_steps: Package) -> None:
    """As `nintei check` reads a folder: a file's name NFD, the element's id composed."""
    plain = {path.replace("approve", "承認グループ"): content.replace(b"approve", "承認グループ".encode())
             for path, content in three_steps.files.items()}  # fmt: skip
    apart = {unicodedata.normalize("NFD", path): content for path, content in plain.items()}
    assert set(apart) != set(plain)
    assert catalogue.check(catalogue.from_files(apart)) == catalogue.check(catalogue.from_files(plain))
