"""The table of kanji that a search takes for the same: app/text/variants.txt, made from tables that others keep.

    variants.py      write the file anew (needs pip's index, apt-get and dpkg; nothing is installed)

| source | what of it |
| --- | --- |
| jageocoder (MIT) | its table of variants in names of places, kanji alone |
| OpenCC by way of opencc-python-reimplemented (Apache-2.0) | JPVariants: old and new forms of Japanese kanji |
| Unihan of Debian's unicode-data (Unicode License v3) | kJoyoKanji, kJinmeiyoKanji, kZVariant |

What they lack stands in `ADDED`. Each line of the file is one kanji in all its forms, the commonest first.
"""

from __future__ import annotations

import bz2
import json
import re
import subprocess
import sys
import tempfile
import unicodedata
import zipfile
from collections.abc import Iterator
from pathlib import Path

TARGET = Path(__file__).resolve().parent.parent / "app/text/variants.txt"
PACKAGES = ("jageocoder==2.2.1.1", "opencc-python-reimplemented==0.1.7")
# Seen in the registers of companies and people, and in none of the tables.
ADDED = ("土圡", "丈𠀋", "喜㐂", "島嶹", "枡舛", "昇曻", "崎㟢", "光侊", "台䑓", "概槪", "教敎", "吉𠮷")
HEAD = """\
# Kanji that a search takes for the same, one in all its forms on each line. Made by scripts/variants.py from:
# jageocoder, MIT License, Copyright (c) the jageocoder authors; OpenCC, Apache License 2.0, Copyright (c) BYVoid and
# contributors; the Unicode Han Database, Unicode License v3, Copyright (c) 1991-2022 Unicode, Inc.
"""


def main() -> int:
    """Write the table anew; gives the exit code."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _fetch(folder)
        pairs = [*_places(folder), *_forms(folder), *_unihan(folder), *((each[0], each[-1]) for each in ADDED)]
    lines = sorted("".join(sorted(each, key=_rank)) for each in _families(pairs))
    TARGET.write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8")
    print(f"{TARGET}: {len(lines)} kanji")
    return 0


def _fetch(folder: Path) -> None:
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder), *PACKAGES]
    subprocess.run(pip, check=True)
    subprocess.run(["apt-get", "download", "-q", "unicode-data"], cwd=folder, check=True)
    deb = next(folder.glob("unicode-data*.deb"))
    subprocess.run(["dpkg", "-x", str(deb), str(folder / "unicode")], check=True)


def _inside(folder: Path, wheel: str, path: str) -> str:
    with zipfile.ZipFile(next(folder.glob(f"{wheel}*.whl"))) as bundle:
        return bundle.read(path).decode("utf-8")


def _places(folder: Path) -> Iterator[tuple[str, str]]:
    table = json.loads(_inside(folder, "jageocoder", "jageocoder/itaiji_dic.json"))
    yield from ((one, other) for one, other in table.items() if _kanji(one) and _kanji(other))


def _forms(folder: Path) -> Iterator[tuple[str, str]]:
    for line in _inside(folder, "opencc_python", "opencc/dictionary/JPVariants.txt").splitlines():
        one, _, others = line.partition("\t")
        yield from ((one, other) for other in others.split() if _kanji(one) and _kanji(other))


def _unihan(folder: Path) -> Iterator[tuple[str, str]]:
    for name in ("Variants", "OtherMappings"):
        packed = folder / f"unicode/usr/share/unicode/Unihan_{name}.txt.bz2"
        for line in bz2.decompress(packed.read_bytes()).decode("utf-8").splitlines():
            parts = line.split("\t")
            if len(parts) == 3 and parts[1] in {"kZVariant", "kJoyoKanji", "kJinmeiyoKanji"}:
                one = chr(int(parts[0][2:], 16))
                yield from ((one, chr(int(code, 16))) for code in re.findall(r"U\+([0-9A-F]{4,5})", parts[2]))


def _kanji(text: str) -> bool:
    return len(text) == 1 and unicodedata.name(text, "").startswith("CJK ")


def _families(pairs: list[tuple[str, str]]) -> list[set[str]]:
    """Whatever leads from one to another is one family. Compatibility forms are NFKC's affair."""
    family: dict[str, set[str]] = {}
    for pair in pairs:
        one, other = (unicodedata.normalize("NFKC", each) for each in pair)
        joined = family.get(one, {one}) | family.get(other, {other})
        family.update(dict.fromkeys(joined, joined))
    found: list[set[str]] = []
    for each in family.values():
        if len(each) > 1 and each not in found:
            found.append(each)
    return found


def _rank(letter: str) -> tuple[int, int]:
    """The first level of JIS X 0208 before the second, before whatever else there is."""
    try:
        code = letter.encode("shift_jis")
    except UnicodeEncodeError:
        return 2, ord(letter)
    return int(code >= b"\x98\x9f"), ord(letter)


if __name__ == "__main__":
    sys.exit(main())
