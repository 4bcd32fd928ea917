"""A draft is tried on its own pages, in a process that knows nothing of the portal: with the real host of Plays."""

from __future__ import annotations

import base64
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from textwrap import indent
from typing import Any

import psutil
import pytest
from flask.testing import FlaskClient

from app.cli import playhost, playlimits
from app.services.people import accounts
from app.services.plays import hosts
from config import machine
from tests.support.manuals import lost, sections
from tests.support.network import wait_until
from tests.web.conftest import Site
from tests.web.designer.hostile import ATTACKS, DIAGRAM, DRAWN, FIT, RUN, SCRIPTS, attacked, content, payload
from tests.web.test_english import JAPANESE

# What has no English: names that people typed, and a step to which the small package gives none.
TYPED = "見直し|分析 花子|日本語|みほん市立図書館|カードの受け取り"
LAUNCH = playhost.LAUNCH.replace("lifeline.hold(); ", "")


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[psutil.Process, Path]]:
    """A host of Plays, two at once, and where it says at which socket it listens."""
    file = tmp_path_factory.mktemp("plays") / "host"
    command = [sys.executable, "-c", LAUNCH, "playhost", str(file), "2"]
    with subprocess.Popen(command, env=machine.bare_environment(), cwd=Path(playhost.__file__).parents[2]) as process:
        try:
            wait_until(file.exists, 180, "the host of Plays")
            yield psutil.Process(process.pid), file
        finally:
            process.terminate()
            process.wait(30)


@pytest.fixture
def host(small_site: Site, running: tuple[psutil.Process, Path]) -> Iterator[psutil.Process]:
    """The host, known to this portal."""
    process, file = running
    known = hosts.file_of(small_site.bench.portal.settings.data_dir)
    known.parent.mkdir()
    known.write_bytes(file.read_bytes())
    yield process
    for each in children(process) if process.is_running() else []:
        each.kill()


def analyst(site: Site, name: str = "hanako") -> FlaskClient:
    accounts.add_staff(site.bench.portal, f"{name}@example.jp", "分析 花子", ["analyst"], "a password for tests")
    return site.person(f"{name}@example.jp")


def draft(client: FlaskClient, site: Site) -> int:
    package = site.bench.portal.releases.all_current()[0].package.id
    made = client.post("/designer/api/workspaces", json={"package": package, "title": "見直し"})
    return int(made.get_json()["id"])


def begin(client: FlaskClient, site: Site) -> str:
    """The address of a Play that is ready."""
    answer = client.post("/designer/plays", data={"workspace": draft(client, site)})
    assert answer.status_code == 303, answer.text
    place = str(answer.headers["Location"]).rstrip("/")
    assert "/designer/play/" in place
    wait_until(lambda: state(client, place)["state"] != "opening", 90, "the Play")
    assert state(client, place)["state"] == "ready", state(client, place)
    return place


def state(client: FlaskClient, place: str) -> Any:
    return client.get(f"{place}/-/state").get_json()


def children(host: psutil.Process) -> list[psutil.Process]:
    return [each for each in host.children() if each.status() != psutil.STATUS_ZOMBIE]


def test_a_draft_is_played_and_its_path_kept(small_site: Site, host: psutil.Process) -> None:
    client = analyst(small_site)
    place = begin(client, small_site)
    shown = client.get(f"{place}/")
    assert shown.status_code == 200
    assert lost(sections("designer")["試す"], shown.text + client.get("/designer").text) == []  # as the manual says

    # The pages within are the draft's own; nothing of them leads out or knows the portal's session.
    page = client.get(f"{place}/guest/apply", headers={"Accept": "text/html"})
    assert page.status_code == 200 and f'data-mount="{place}/guest"' in page.text
    assert f'action="{place}/guest/' in page.text
    assert 'href="/' not in page.text.replace('href="/static/', "").replace(f'href="{place}/', "")
    assert "Set-Cookie" not in page.headers and "default-src 'self'" in page.headers["Content-Security-Policy"]

    # A case walks by itself; each of its people sees it on pages of their own.
    walks = state(client, place)["walks"]
    walked = client.post(f"{place}/-/walk", json={"scenario": walks[0]["name"], "until": walks[0]["steps"][-1]["id"]})
    assert walked.status_code == 200, walked.text
    said = walked.get_json()
    [case] = said["cases"]
    assert case["number"] == said["walked"] and case["open"]
    for person in said["people"]:
        shown = client.get(f"{place}/{person['key']}/tasks", headers={"Accept": "text/html"})
        assert shown.status_code == (302 if person["side"] == "public" else 200)
    staff = next(each for each in said["people"] if each["side"] == "operator")
    assert case["number"] in client.get(f"{place}/{staff['key']}/cases").text

    # What somebody types on a page of the Play comes there: with the page's own token, once.
    address, html = f"{place}/{staff['key']}/account", {"Accept": "text/html"}
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(address, headers=html).text)
    assert token is not None
    sent = client.post(
        f"{address}/profile", data={"csrf_token": token[1], "name": "佐藤 あおい", "language": "ja"}, headers=html
    )
    assert sent.status_code == 303 and "佐藤 あおい" in client.get(address, headers=html).text

    # Time passes at a press, and never back.
    before = said["now"]
    assert client.post(f"{place}/-/clock", json={"by": "day"}).get_json()["now"] > before
    assert client.post(f"{place}/-/clock", json={"to": "2001-01-01"}).status_code == 409

    # What was played is a scenario of the draft from now on.
    asked = {"case": case["number"], "title": "試した道", "name": "tried"}
    kept = client.post(f"{place}/-/keep", json=asked).get_json()
    assert "saved" in kept, kept
    assert kept["saved"] and kept["problem"] == "" and kept["path"] == "scenarios/tried.toml"
    number = int(client.get("/designer/api/workspaces").get_json()["workspaces"][0]["id"])
    file = client.get(f"/designer/api/workspaces/{number}/files/scenarios/tried.toml").get_json()
    assert file["content"] == base64.b64decode(kept["text"]).decode()
    assert client.post(f"{place}/-/keep", json=asked).status_code == 422, "a scenario of this name is there"

    # An English reader meets no Japanese, but for what somebody typed.
    shown = client.get(f"{place}/?lang=en").text
    boot = re.search(r'id="pl-boot">(.+?)</script>', shown, re.DOTALL)
    assert boot is not None
    steps = [step["title"] for walk in state(client, place)["walks"] for step in walk["steps"]]
    words = [
        *re.findall(r"(?:>|(?:title|aria-label)=\")([^<>\"]+)", shown),
        *json.loads(boot[1])["words"].values(),
        *steps,
    ]
    assert steps and {each.strip() for each in words if JAPANESE.search(re.sub(TYPED, "", each))} == set()

    assert client.post(f"{place}/end").status_code == 303
    assert client.get(f"{place}/guest/apply").status_code == 404
    assert children(host) == []


def test_one_for_each_person_and_no_more_than_may_run(small_site: Site, host: psutil.Process) -> None:
    hanako = analyst(small_site)
    first = begin(hanako, small_site)
    begin(hanako, small_site)
    assert hanako.get(f"{first}/-/state").status_code == 404, "the newer one took its place"
    begin(analyst(small_site, "jiro"), small_site)
    saburo = analyst(small_site, "saburo")
    refused = saburo.post("/designer/plays", data={"workspace": draft(saburo, small_site)})
    assert refused.headers["Location"].startswith("/designer/w/")
    assert len(children(host)) == 2


def test_a_draft_with_errors_is_not_tried(small_site: Site) -> None:
    client = analyst(small_site)
    number = draft(client, small_site)
    base = f"/designer/api/workspaces/{number}/files/package.toml"
    content = client.get(base).get_json()["content"].replace("title", "titel", 1)
    client.put(base, json={"content": content}, headers={"If-Match": '"0"'})
    answer = client.post("/designer/plays", data={"workspace": number})
    assert answer.headers["Location"] == f"/designer/w/{number}"


LOOP = len(RUN) + 1
BOMBS = {
    18: "{% for a in range(999) %}{% for b in range(999) %}x{% endfor %}{% endfor %}",
    19: "{{ [].__class__.__base__.__subclasses__() }}{{ 2 ** 99 }}",
    20: "{% set a = namespace() %}{{ a.__init__.__globals__ }}{{ range.__self__ }}",
}
HARMLESS = 21
ENDLESS = ("13_color_eval_simple", "19_deep_nesting_div", "22_colspan_bomb", "25_font_size_bomb")
PAPERS = {22: "", **{23 + number: name for number, name in enumerate(ENDLESS)}}  # "": all that reach for something


def papers() -> str:
    """The hostile documents as one template, each for those who ask for so many books."""
    files = {path.stem: path.read_text() for path in sorted((ATTACKS / "pdf_attacks").glob("[0-9]*.html"))}
    files[""] = "".join(text for name, text in files.items() if name not in ENDLESS)
    return "".join(
        f"{{% if answers.request.books == {number} %}}{files[name]}{{% endif %}}" for number, name in PAPERS.items()
    )


def hostile(client: FlaskClient, site: Site) -> None:
    """A draft whose scripts, loop, documents, mails and files attack whoever carries them out; `books` says which."""
    base = f"/designer/api/workspaces/{draft(client, site)}"

    def put(path: str, text: str) -> None:
        answer = client.put(f"{base}/files/{path}", json={"content": text}, headers={"If-Match": '"0"'})
        assert answer.status_code == 200, answer.text

    script = ""
    for number, name in enumerate(RUN, 1):
        code = payload(name, "/nowhere")
        body = code if SCRIPTS[name]["kind"] == "script" else f"a = ({code})"
        script += f"if books == {number}:\n{indent(body, '    ')}\n"
    again = (
        '<bpmn:exclusiveGateway id="again" name="もう一度" default="again__to__paper" />'
        '<bpmn:serviceTask id="paper" name="カードの用紙"><bpmn:extensionElements>'
        '<spiffworkflow:serviceTaskOperator id="pdf"><spiffworkflow:parameters>'
        """<spiffworkflow:parameter id="document" type="str" value="'attack'" />"""
        "</spiffworkflow:parameters></spiffworkflow:serviceTaskOperator></bpmn:extensionElements></bpmn:serviceTask>"
        '<bpmn:sequenceFlow id="again__to__attack" name="繰り返す" sourceRef="again" targetRef="attack">'
        f"<bpmn:conditionExpression>books == {LOOP}</bpmn:conditionExpression></bpmn:sequenceFlow>"
        '<bpmn:sequenceFlow id="again__to__paper" sourceRef="again" targetRef="paper" />'
        '<bpmn:sequenceFlow id="paper__to__mail_hello" sourceRef="paper" targetRef="mail_hello" />'
        '<bpmn:sequenceFlow id="attack__to__again" sourceRef="attack" targetRef="again" />'
    )
    text = attacked(content(client, base, DIAGRAM), script=script)
    refs = "".join(f"<bpmn:flowNodeRef>{each}</bpmn:flowNodeRef>" for each in ("again", "paper"))
    for old, new in (
        ('<bpmn:sequenceFlow id="attack__to__mail_hello" sourceRef="attack" targetRef="mail_hello" />', again),
        ("<bpmn:incoming>attack__to__mail_hello<", "<bpmn:incoming>paper__to__mail_hello<"),
        ("<bpmn:flowNodeRef>attack<", f"{refs}<bpmn:flowNodeRef>attack<"),
    ):
        assert old in text, old
        text = text.replace(old, new, 1)
    put(DIAGRAM, text)
    for name in DRAWN:
        put(f"{name[3:]}.bpmn", (ATTACKS / "xml_attacks" / f"{name}.bpmn").read_text())
    bombs = "".join(
        f"{{% if answers.request.books == {number} %}}{text}{{% endif %}}" for number, text in BOMBS.items()
    )
    hello = content(client, base, "mail/hello.md")
    assert "{{ links.entry }}" in hello
    put("mail/hello.md", hello.replace("{{ links.entry }}", bombs + "{{ links.entry }}", 1))
    put("pdf/attack.html", f'+++\ntitle = "用紙"\nfilename = "x.pdf"\naudience = "both"\n+++\n{papers()}<p>用紙</p>')


def apply(client: FlaskClient, place: str, books: int) -> Any:
    """What a visitor of the Play gets who asks for so many books."""
    html = {"Accept": "text/html"}
    form = client.get(f"{place}/guest/apply/library_card", headers=html)
    token = re.search(r'name="csrf_token" value="([^"]+)"', form.text)
    assert token is not None, form.text
    said = {
        "company_name": "みほん小学校", "contact_name": "図書 花子", "email": f"reader{books}@example.com",
        "reader_kind": "school", "books": str(books), "csrf_token": token[1], "step": "send",
    }  # fmt: skip
    return client.post(f"{place}/guest/apply/library_card", data=said, headers=html, follow_redirects=True)


def test_what_attacks_whoever_plays_it_is_ended_or_harmless_and_others_are_answered(
    small_site: Site, host: psutil.Process
) -> None:
    client, other = analyst(small_site), small_site.operator()
    hostile(client, small_site)
    number = client.get("/designer/api/workspaces").get_json()["workspaces"][0]["id"]
    asked: list[str] = []
    fits = {number for number, name in enumerate(RUN, 1) if name in FIT}

    def began() -> bool:  # a host that is still importing answers late
        asked.append(client.post("/designer/plays", data={"workspace": number}).headers["Location"].rstrip("/"))
        return "/designer/play/" in asked[-1]

    wait_until(began, 90, "the host of Plays")
    place = asked[-1]
    wait_until(lambda: state(client, place)["state"] != "opening", 90, "the Play")
    assert state(client, place)["state"] == "ready", state(client, place)
    with ThreadPoolExecutor(1) as pool:
        for books in (*range(1, LOOP + 1), *BOMBS, *PAPERS, HARMLESS):
            waiting = pool.submit(apply, client, place, books)
            while True:
                assert other.get("/tasks").status_code == 200, "others are answered meanwhile"
                if waiting.done():
                    break
            said = waiting.result()
            assert re.search("[ぁ-ん]", said.text) and "Traceback" not in said.text
            assert (said.status_code == 200) == (books > LOOP or books in fits), (books, said.status_code)
    cases = state(client, place)["cases"]
    assert len(cases) == len(FIT) + len(BOMBS) + len(PAPERS) + 1, "what was refused began no case"
    wait_until(
        lambda: any("申請の確認" in str(each["open"]) for each in state(client, place)["cases"]), 60, "the harmless one"
    )
    [staff] = [each for each in state(client, place)["people"] if each["side"] == "operator"][:1]
    outbox = client.get(f"{place}/{staff['key']}/outbox").text
    assert "root:" not in outbox and "__subclasses__" not in outbox
    told = json.dumps(state(client, place)["arrived"], ensure_ascii=False)
    assert "root:" not in told and "CANARY" not in told
    [child] = children(host)
    assert child.memory_info().rss < playlimits.LIMITS.memory
    assert client.post(f"{place}/end").status_code == 303


def test_only_who_may_change_processes_opens_one(small_site: Site) -> None:
    assert small_site.operator().get("/designer/play/abcdefghijklmnop/").status_code == 403
    assert small_site.operator().get("/designer/play/abcdefghijklmnop/u1/tasks").status_code == 403
    assert "/designer/play/" not in small_site.anybody().post("/designer/plays").headers.get("Location", "")
    client = analyst(small_site)
    for person in ("u1", "guest"):
        assert client.get(f"/designer/play/abcdefghijklmnop/{person}/tasks").status_code == 404
    assert client.get("/designer/play/abcdefghijklmnop/u1x/tasks").status_code == 404


def test_the_process_knows_nothing_of_the_portal_and_ends_with_its_host(small_site: Site, host: psutil.Process) -> None:
    client = analyst(small_site)
    begin(client, small_site)
    [child] = children(host)
    for process in (host, child):
        assert not [name for name in process.environ() if name.startswith("NINTEI_")]
    portal = small_site.bench.portal.settings
    opened = [file.path for file in child.open_files()]
    assert opened and not [path for path in opened if path.startswith(str(portal.data_dir))]
    networks = [Path(f"/proc/{each}/ns/net").readlink() for each in (child.pid, host.pid)]
    asked = [subprocess.run(["unshare", flag, "true"], capture_output=True, check=False) for flag in ("-n", "-rn")]
    may = any(each.returncode == 0 for each in asked)  # a container may keep everybody on its network
    assert (networks[0] != networks[1]) == may
    assert child.rlimit(psutil.RLIMIT_AS)[0] != psutil.RLIM_INFINITY
    host.kill()
    psutil.wait_procs([child], timeout=30)
    assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE
