"""A demo and a real portal never share their data."""

from __future__ import annotations

import stat
from dataclasses import replace
from pathlib import Path

import pytest

from app.errors import Refused
from app.services.demo import fence
from config.folders import private
from config.settings import with_demo_secrets
from tests.services.conftest import Bench


def test_a_demo_over_real_accounts_is_refused(bench: Bench) -> None:
    settings = bench.portal.settings
    with pytest.raises(Refused, match="accounts of a real portal"):
        fence.require_no_real_accounts(settings)
    with_demo_secrets(settings)  # a demo began here
    fence.require_no_real_accounts(settings)


def test_a_real_portal_over_a_demo_is_refused(bench: Bench) -> None:
    settings = replace(bench.portal.settings, demo=False)
    fence.require_no_demo(settings)
    with_demo_secrets(settings)
    with pytest.raises(Refused, match="demo-reset"):
        fence.require_no_demo(settings)
    fence.require_no_demo(replace(settings, demo=True))


def test_a_demo_with_keys_of_its_own_leaves_its_mark_too(bench: Bench, tmp_path: Path) -> None:
    settings = replace(bench.portal.settings, secret_key="s" * 40, card_key="c" * 40, data_dir=tmp_path / "new")
    assert with_demo_secrets(settings).secret_key == "s" * 40
    assert (tmp_path / "new" / "demo-secrets.toml").exists()


def test_the_data_folder_is_shut_to_others(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    assert private(tmp_path)
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700
