"""A data folder that cannot be used is said to be one, before anything is begun."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from app.errors import Refused
from app.main import open_portal
from config import settings as config


def settings(folder: Path) -> config.Settings:
    return config.load({"NINTEI_DATA_DIR": str(folder), "NINTEI_SECRET_KEY": "long enough for a trial of the folder"})


def test_a_place_that_is_no_folder_is_refused_by_the_name_of_its_setting(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Refused, match=r"cannot be written to.*NINTEI_DATA_DIR"):
        open_portal(settings(tmp_path / "file" / "data"))


def test_a_folder_that_can_only_be_read_is_refused_by_the_name_of_its_setting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = os.open

    def read_only(path: object, flags: int, *args: int, **more: int) -> int:
        if flags & (os.O_WRONLY | os.O_RDWR) and str(path).startswith(str(tmp_path)):
            raise OSError(errno.EROFS, "Read-only file system")
        return opened(path, flags, *args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "open", read_only)
    with pytest.raises(Refused, match="Read-only file system"):
        open_portal(settings(tmp_path))
