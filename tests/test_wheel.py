"""A wheel is the portal: installed into an empty environment, far from the source tree, it serves."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import urllib.request
import zipfile
from pathlib import Path

import pytest

import app
from tests.support import server as servers
from tests.support.network import free_port

PROJECT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from this tree, with what `make install` made in it."""
    place = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(place)]
    subprocess.run(build, cwd=PROJECT, check=True, capture_output=True)
    return next(place.glob("*.whl"))


def test_a_wheel_holds_what_the_portal_reads_and_nothing_of_the_tests(wheel: Path) -> None:
    assert wheel.name == f"nintei-{app.__version__}-py3-none-any.whl"
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    for wanted in (
        "app/web/translations/ja/LC_MESSAGES/messages.mo",
        "app/web/static/dist/site.css",
        "app/web/static/dist/pdf/worker.js",
        "app/web/templates/layout.html",
        "app/bundled/bpmn/ccus_api_certification/package.toml",
        "app/bundled/bpmn/_shared/mail.html",
        "app/bundled/docs/vendors.md",
        "app/store/migrations/first.json",
        f"nintei-{app.__version__}.dist-info/licenses/LICENSE",
    ):
        assert wanted in names, wanted
    assert {name.split("/")[0] for name in names} <= {
        "app", "admin", "hardware", "config", f"nintei-{app.__version__}.dist-info"
    }  # fmt: skip
    assert not [name for name in names if "node_modules" in name or "__pycache__" in name or name.startswith("tests")]


def test_a_wheel_in_an_empty_environment_serves_the_portal(wheel: Path, tmp_path: Path) -> None:
    """Its dependencies come from this environment, by a path on which the source tree does not lie."""
    place = tmp_path / "env"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", place], check=True)
    python = place / "bin" / "python"
    install = [Path(sys.executable).parent / "uv", "pip", "install", "-q", "--no-deps", "--python", python, wheel]
    subprocess.run(install, check=True, capture_output=True)
    # What a dependency installs as a program, the sandbox's, lies beside Python.
    (place / "bin" / "monty").symlink_to(Path(sys.executable).parent / "monty")
    environment = servers.settings_for(tmp_path, free_port())
    del environment["NINTEI_PACKAGES_DIR"]
    # By a file of the environment itself: the host of Plays is started with no variable of ours.
    [site] = (place / "lib").glob("python*/site-packages")
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    where = subprocess.run(
        [python, "-c", "import app; print(app.__file__)"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert where.startswith(str(place))
    with (tmp_path / "nintei.log").open("wb") as log:
        process = subprocess.Popen(
            [place / "bin" / "nintei", "run"],
            cwd=tmp_path,
            env={**environment, "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    server = servers.Server(process, environment["NINTEI_BASE_URL"], tmp_path / "nintei.log")
    try:
        server.wait_ready()
        for path, said in (("/", "申し込"), ("/help/vendors", "ベンダ"), ("/static/dist/site.css", "{")):
            with urllib.request.urlopen(server.url + path, timeout=30) as answer:
                assert said in answer.read().decode(), path
    finally:
        server.stop()
