"""Units of systemd, the image and its company: what they promise, read from the files, by systemd where it is here."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import pytest
import yaml

from config.settings import load
from tests.support import needs

PROJECT = Path(__file__).parents[2]
DEPLOY = PROJECT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("nintei*.*"))
SERVICES = [unit.name for unit in UNITS if unit.suffix == ".service"]
IMAGE = (DEPLOY / "container" / "Containerfile").read_text("utf-8")
COMPOSE = yaml.safe_load((DEPLOY / "container" / "compose.yaml").read_text("utf-8"))


def systemd(*arguments: str) -> str:
    done = subprocess.run(["systemd-analyze", *arguments], capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def installed(folder: Path) -> list[str]:
    """The units as a machine has them, with programs that are there."""
    for unit in UNITS:
        if unit.suffix == ".env":
            continue
        name = unit.name.replace("@.", "@1.")
        text = unit.read_text("utf-8").replace("/opt/nintei/current/.venv/bin/nintei", "/bin/true")
        (folder / name).write_text(text, "utf-8")
    return [str(path) for path in sorted(folder.iterdir())]


@needs.needs("systemd")
def test_systemd_finds_no_fault_with_the_units(tmp_path: Path) -> None:
    said = systemd("verify", "--man=no", *installed(tmp_path))
    assert [line for line in said.splitlines() if "nintei" in line] == []


@needs.needs("systemd")
@pytest.mark.parametrize("service", SERVICES)
def test_a_service_can_do_little_but_its_work(service: str, tmp_path: Path) -> None:
    installed(tmp_path)
    place = tmp_path / service.replace("@.", "@1.")
    said = systemd("security", "--offline=true", "--no-pager", str(place))
    found = re.search(r"exposure level for \S+: ([\d.]+)", said)
    assert found, said
    assert float(found.group(1)) <= 2.0, said


def test_a_service_manager_waits_longer_than_the_portal_needs_to_end() -> None:
    default = load({"NINTEI_SECRET_KEY": "only-for-this-test-0123456789-abcdef"})
    for name in ("nintei.service", "nintei-worker@.service"):
        waits = re.search(r"^TimeoutStopSec=(\d+)$", (DEPLOY / "systemd" / name).read_text("utf-8"), re.MULTILINE)
        assert waits
        assert int(waits.group(1)) >= default.stop_seconds + 10
    assert int(COMPOSE["services"]["portal"]["stop_grace_period"].removesuffix("s")) >= default.stop_seconds + 10


def test_the_example_of_the_environment_names_settings_that_there_are() -> None:
    lines = (DEPLOY / "systemd" / "nintei.env").read_text("utf-8").splitlines()
    names = {line.partition("=")[0]: line.partition("=")[2] for line in lines if line and not line.startswith("#")}
    assert load({"NINTEI_SECRET_KEY": "x", **names}, serves=False).trusted_proxies == ("127.0.0.1",)


# The image


def instructions() -> list[tuple[str, str]]:
    """(INSTRUCTION, rest) of the image's file, continued lines as one."""
    text = re.sub(r"\\\n\s*", "", "\n".join(line for line in IMAGE.splitlines() if not line.startswith("#")))
    return [(line.split(" ", 1)[0], line.split(" ", 1)[1]) for line in text.splitlines() if line.strip()]


def test_the_image_is_of_named_versions_and_runs_as_nobody_in_particular() -> None:
    found = instructions()
    for word, rest in found:
        if word == "FROM":
            assert re.match(r"[\w/.-]+:[\w.-]*\d[\w.-]*", rest), "a version that does not move under us"
            assert ":latest" not in rest
        if word == "RUN" and "apt-get install" in rest:
            assert "--no-install-recommends" in rest
            assert "rm -rf /var/lib/apt/lists/*" in rest
        if word == "RUN" and "pip install" in rest and "base.lock" in rest:
            assert "--require-hashes" in rest
        assert word != "ADD"
        assert not re.search(r"(SECRET|PASSWORD|KEY)=\S", rest), "no secret is built in"
    last = [pair for pair in found if pair[0] == "USER"][-1]
    assert last[1].split(":")[0] not in {"0", "root"}
    stage = found[max(n for n, pair in enumerate(found) if pair[0] == "FROM") :]
    words = [word for word, _ in stage]
    for wanted in ("HEALTHCHECK", "ENTRYPOINT", "USER", "VOLUME", "STOPSIGNAL"):
        assert wanted in words
    for word, rest in stage:
        if word in {"ENTRYPOINT", "CMD"}:
            assert isinstance(json.loads(rest), list), "signals reach the program, not a shell"
        if word == "COPY":
            assert rest.startswith("--from=build"), "no source lies in the image"


def test_the_user_of_the_image_is_the_one_that_it_makes() -> None:
    (user,) = re.findall(r"^USER (\d+:\d+)$", IMAGE, re.MULTILINE)
    assert re.findall(r"useradd .*--uid (\d+) --gid nintei", IMAGE) == [user.split(":")[0]]
    assert re.findall(r"groupadd .*--gid (\d+) nintei", IMAGE) == [user.split(":")[1]]


def test_the_proxy_finds_a_portal_that_was_made_anew() -> None:
    """nginx looks a name up once: the portal's address is its own, outside of those that are given out."""
    (pool,) = COMPOSE["networks"]["front"]["ipam"]["config"]
    own = ip_address(COMPOSE["services"]["portal"]["networks"]["front"]["ipv4_address"])
    assert own in ip_network(pool["subnet"])
    assert own not in ip_network(pool["ip_range"])
    assert COMPOSE["services"]["portal"]["environment"]["NINTEI_TRUSTED_PROXIES"] == pool["subnet"]


def test_settings_of_the_image_and_of_its_company_are_settings() -> None:
    given = dict(re.findall(r"\b(NINTEI_\w+)=(\S+)", IMAGE))
    portal = COMPOSE["services"]["portal"]["environment"]
    given |= {name: re.sub(r"\$\{[^}]+\}", "x", value) for name, value in portal.items()}
    secret = {"NINTEI_SECRET_KEY": "only-for-this-test-0123456789-abcdef", "NINTEI_BASE_URL": "https://c.example.jp"}
    assert load({**given, **secret}).database_url.startswith("postgresql://")


def test_the_company_is_closed_to_the_outside_but_for_the_proxy() -> None:
    services: dict[str, Any] = COMPOSE["services"]
    assert [name for name, each in services.items() if each.get("ports")] == ["proxy"]
    assert COMPOSE["networks"]["inside"]["internal"] is True
    assert services["database"]["networks"] == ["inside"]
    portal = services["portal"]
    assert portal["read_only"] is True
    assert portal["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in portal["security_opt"]
    assert services["database"]["healthcheck"]
    built_in = re.search(r"CMD (\[.*\])\nENTRYPOINT", IMAGE)
    assert built_in
    assert portal["healthcheck"]["test"] == ["CMD", *json.loads(built_in.group(1))], (
        "an image of the OCI format has none"
    )
    for each in services.values():
        assert "latest" not in str(each.get("image"))


def test_what_is_built_from_leaves_secrets_and_what_is_built_here_outside() -> None:
    left = (PROJECT / ".containerignore").read_text("utf-8").split()
    docker = (DEPLOY / "container" / "Containerfile.dockerignore").read_text("utf-8").split()
    assert docker == left, "Docker reads no .containerignore"
    secret = {f"deploy/container/{name}" for name in (".env", "nintei.env", "tls")}
    assert {".git", ".venv", "var", *secret} <= set(left)
    assert secret <= {line.rstrip("/") for line in (PROJECT / ".gitignore").read_text("utf-8").split()}


@needs.needs("nginx")
def test_nginx_takes_the_proxys_file(tmp_path: Path) -> None:
    nginx = shutil.which("nginx")
    assert nginx is not None
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=certification.example.jp", "-keyout", str(key), "-out", str(certificate)],
        check=True, capture_output=True,
    )  # fmt: skip
    text = (DEPLOY / "nginx" / "nintei.conf").read_text("utf-8").replace("/etc/nginx/tls/", f"{tmp_path}/")
    text = text.replace("server portal:8000", "server 127.0.0.1:8000").replace("http2 on;", "")  # of nginx 1.25 on
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "\n".join(f"{kind}_temp_path {tmp_path}/{kind};" for kind in kinds)
    main = tmp_path / "nginx.conf"
    main.write_text(f"pid {tmp_path}/pid;\nevents {{}}\nhttp {{\naccess_log off;\n{temporary}\n{text}\n}}\n", "utf-8")
    done = subprocess.run(
        [nginx, "-t", "-p", str(tmp_path), "-c", str(main), "-e", str(tmp_path / "errors")], capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_the_proxys_file_is_what_the_manual_shows_and_keeps_figures_inside() -> None:
    text = (DEPLOY / "nginx" / "nintei.conf").read_text("utf-8")
    assert "location = /metrics { return 404; }" in text
    shown = (PROJECT / "docs" / "proxy.md").read_text("utf-8")
    box = re.search(r"```nginx\n(.*?)```", shown, re.DOTALL)
    assert box
    for line in (line.partition("#")[0].strip() for line in box.group(1).splitlines()):
        if line.startswith(("proxy_set_header", "client_max", "gzip", "proxy_read", "proxy_request")):
            assert " ".join(line.split()) in " ".join(text.split()), line
