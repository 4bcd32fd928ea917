"""The files of a package: from a folder, from a zip, to a zip; bounded, and never outside their folder."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from app.errors import N_, BadPackage, Problem
from app.text.typed import composed

MAX_FILES = 2000
MAX_FILE_BYTES = 20 * 1024 * 1024
MAX_TOTAL_BYTES = 100 * 1024 * 1024
SHARED = "_shared/"
# What editors and systems leave lying about, and fonts (of which the portal has its own copy).
_LEFT_OUT = re.compile(
    r"(^|/)(\.[^/]*|__pycache__|Thumbs\.db|desktop\.ini|[^/]*~)(/|$)|\.(ttf|otf|ttc)$", re.IGNORECASE
)
_UNREADABLE = N_("The archive cannot be read: %(reason)s.")
# What says, as the zip's comment, how a package is written, and the form of today. An archive without it is of form 1.
_MARK, FORM = b"nintei-package ", 1
_DATE = (1980, 1, 1, 0, 0, 0)  # the format's own zero: the same files make the same archive


def digest(files: Mapping[str, bytes]) -> str:
    """SHA-256 (hex) over the sorted paths and the digests of their contents."""
    total = hashlib.sha256()
    for path in sorted(files):
        total.update(f"{len(path.encode())}:{path}:{hashlib.sha256(files[path]).hexdigest()}\n".encode())
    return total.hexdigest()


def read_folder(folder: Path, shared: Path | None = None) -> dict[str, bytes]:
    """Path to content; those of `shared` under `_shared/`. Links are refused: a package is its own files."""
    if not (folder / "package.toml").is_file():
        raise BadPackage(
            [
                Problem(
                    "package.toml",
                    "The folder %(folder)s holds no package.toml.",
                    params={"folder": folder.name},
                )
            ]
        )
    found = _of_folder(folder)
    if shared is not None and shared.is_dir():
        found |= {SHARED + path: file for path, file in _of_folder(shared).items()}
    files: dict[str, bytes] = {}
    total = 0
    for path, file in sorted(found.items()):
        total += _allowed(path, file.stat().st_size, len(found), total)
        files[path] = file.read_bytes()
    return files


def to_zip(files: Mapping[str, bytes]) -> bytes:
    """A zip that is the same, byte for byte, for the same files."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for path in sorted(files):
            entry = zipfile.ZipInfo(path, _DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, files[path])
        archive.comment = _MARK + str(FORM).encode()
    return target.getvalue()


def from_zip(data: bytes) -> dict[str, bytes]:
    """The files of a zip, as packages are written today. Raises BadPackage on bombs, links, encryption, paths that lead
    out, and what a newer program wrote."""
    if len(data) > MAX_TOTAL_BYTES:
        raise BadPackage([_too_large("")])
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return READERS[_form(archive.comment)](_unpacked(archive))
    except Exception as error:
        if isinstance(error, BadPackage):
            raise
        # zlib.error, lzma.LZMAError and whatever else a broken stream brings up
        raise BadPackage([Problem("", _UNREADABLE, params={"reason": str(error)})]) from error


def _form(comment: bytes) -> int:
    """In which form a package is written."""
    if not comment.startswith(_MARK):
        return 1
    said = comment.removeprefix(_MARK).decode("ascii", "replace")
    if not said.isdecimal() or int(said) not in READERS:
        message = N_("The archive was written by a newer Nintei (form %(form)s; this program reads up to %(known)s).")
        raise BadPackage([Problem("", message, params={"form": said, "known": FORM})])
    return int(said)


# By form: the files as they stand there, to the files of today. A release is stored for as long as a case runs on it.
READERS: Mapping[int, Callable[[dict[str, bytes]], dict[str, bytes]]] = {1: lambda files: files}


def checked(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The same files; raises BadPackage where a path or a size is not one of a package's."""
    total = 0
    found: dict[str, bytes] = {}
    for path, content in sorted((composed(path), content) for path, content in files.items()):
        if path in found:
            raise BadPackage([_twice(path)])
        total += _allowed(path, len(content), len(files), total)
        found[path] = content
    return {path: content for path, content in found.items() if not _LEFT_OUT.search(path)}


def _unpacked(archive: zipfile.ZipFile) -> dict[str, bytes]:
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(entries) > MAX_FILES:
        raise BadPackage([Problem("", "The package has more than %(most)s files.", params={"most": MAX_FILES})])
    files: dict[str, bytes] = {}
    total = 0
    for entry in entries:
        path = composed(entry.filename)
        if entry.flag_bits & 0x1:
            raise BadPackage([Problem(path, "The file is encrypted.")])
        if (entry.external_attr >> 16) & 0o170000 not in (0, 0o100000):
            raise BadPackage([Problem(path, "This is not a plain file.")])
        if path in files:
            raise BadPackage([_twice(path)])
        _allowed(path, entry.file_size, len(entries), total)
        with archive.open(entry) as stream:
            content = stream.read(MAX_FILE_BYTES + 1)  # the size in the directory may lie
        total += _allowed(path, len(content), len(entries), total)
        files[path] = content
    return files


def _of_folder(folder: Path) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for path, file in _walk(folder):
        if path in found:
            raise BadPackage([_twice(path)])
        found[path] = file
    return found


def _walk(folder: Path) -> Iterable[tuple[str, Path]]:
    for file in sorted(folder.rglob("*")):
        path = composed(file.relative_to(folder).as_posix())  # as macOS writes it, letters and marks stand apart
        if _LEFT_OUT.search(path):
            continue
        if file.is_symlink():
            raise BadPackage([Problem(path, "Links are not part of a package: put the file itself there.")])
        if file.is_file():
            yield path, file


def _allowed(path: str, size: int, count: int, total: int) -> int:
    """The size, if file and path are such as a package may hold."""
    if count > MAX_FILES:
        raise BadPackage([Problem("", "The package has more than %(most)s files.", params={"most": MAX_FILES})])
    parts = path.split("/")
    if (
        not path
        or len(path) > 240
        or "\\" in path
        or ":" in path
        or any(ord(letter) < 32 for letter in path)
        or any(part in ("", ".", "..") or part != part.strip() for part in parts)
    ):
        raise BadPackage([Problem(path, "The path leads out of the package, or is no plain path.")])
    if size > MAX_FILE_BYTES or total + size > MAX_TOTAL_BYTES:
        raise BadPackage([_too_large(path)])
    return size


def _twice(path: str) -> Problem:
    """Two files of one path, which two systems may also have written differently (NFC, NFD)."""
    return Problem(path, "The file stands in the package twice.")


def _too_large(path: str) -> Problem:
    return Problem(
        path,
        "The package is too large: %(file)s MB a file, %(total)s MB in all.",
        params={"file": MAX_FILE_BYTES >> 20, "total": MAX_TOTAL_BYTES >> 20},
    )
