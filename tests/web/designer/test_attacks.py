"""What attacks a portal, through the designer's own save, check, preview and Play: refused in words, or harmless."""

from __future__ import annotations

import base64
import io
import json
import time
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader

from app.connectors.pdf import Limits, Printer
from app.main import FONTS
from app.services.people import accounts
from tests.support.listener import listening
from tests.web.conftest import Site
from tests.web.designer.hostile import ATTACKS, DIAGRAM, DRAWN, RUN, SCRIPTS, attacked, content, payload

API = "/designer/api/workspaces"
SECRET = (ATTACKS / "xml_attacks" / "secret.txt").read_text().strip()
BOMBS = (
    r"^(a+)+$", r"^(a+){30}b", r"^(a?){40}a{40}$", r"^a*a*a*a*a*a*b$", r"^(?:(?:a|a)){40}b", r"^((a)+)+b$",
    r"^\w+\w+\w+\w+\w+-$", r"(x{1000}){1000}", r"(?=a)b", r"([a-z]+)*\1", "(", "[" * 500, "a{1,99999}",
)  # fmt: skip
TEXTS = {
    "a loop without an end": "{% for a in range(100000) %}{% for b in range(100000) %}x{% endfor %}{% endfor %}",
    "a text without an end": "{{ 'x' * 999999999 }}",
    "the classes behind a value": "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "the application": "{{ config.items() }}{{ request.environ }}{{ self.__init__.__globals__ }}",
    "a file of the machine": "{% include '/etc/passwd' %}{% include '../../../../etc/passwd' %}",
    "itself": "{% include 'mail/attack.md' %}",
    "brackets without an end": "{{ " + "(" * 5000,
}
SLOW = 30.0  # seconds of a processor: what takes more is held up by nobody


@pytest.fixture
def hanako(small_site: Site) -> FlaskClient:
    """An analyst's browser."""
    accounts.add_staff(small_site.bench.portal, "hanako@example.jp", "分析 花子", ["analyst"], "a password for tests")
    return small_site.person("hanako@example.jp")


@pytest.fixture
def draft(hanako: FlaskClient, small_site: Site) -> str:
    package = small_site.bench.portal.releases.all_current()[0].package.id
    made = hanako.post(API, json={"package": package, "title": "見直し"}).get_json()["id"]
    return f"{API}/{made}"


def save(client: FlaskClient, draft: str, path: str, text: str) -> int:
    """The status of the save; whatever is refused is refused in words."""
    now = client.get(f"{draft}/files/{path}")
    revision = now.get_json()["revision"] if now.status_code == 200 else 0
    answer = client.put(f"{draft}/files/{path}", json={"content": text}, headers={"If-Match": f'"{revision}"'})
    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400:
        assert words(answer.get_json())
    return answer.status_code


def words(said: dict[str, object]) -> bool:
    """Whether an answer speaks Japanese."""
    return any("ぁ" <= letter <= "龠" for letter in json.dumps(said, ensure_ascii=False))


def checked(client: FlaskClient, draft: str) -> list[dict[str, object]]:
    answer = client.get(f"{draft}/problems")
    assert answer.status_code == 200, answer.text
    return list(answer.get_json()["problems"])


@pytest.mark.parametrize("pattern", BOMBS, ids=range(len(BOMBS)))
def test_no_pattern_of_a_form_holds_up_its_check_or_its_preview(hanako: FlaskClient, draft: str, pattern: str) -> None:
    path = "forms/apply.form"
    files = {each["path"] for each in hanako.get(f"{draft}/tree").get_json()["files"]}
    path = next(each for each in sorted(files) if each.endswith(".form"))
    form = json.loads(hanako.get(f"{draft}/files/{path}").get_json()["content"])
    form["components"].append(
        {"type": "textfield", "id": "Field_bomb", "key": "bomb", "label": "爆弾", "validate": {"pattern": pattern}}
    )
    begun = time.process_time()
    assert save(hanako, draft, path, json.dumps(form, ensure_ascii=False)) == 200
    found = [each for each in checked(hanako, draft) if "bomb" in str(each["part"]).lower()]
    answer = hanako.post(f"{draft}/preview/form", json={"path": path, "content": json.dumps(form), "language": "ja"})
    assert answer.status_code in (200, 422) and words(answer.get_json())
    assert time.process_time() - begun < SLOW
    if found:
        assert all(words(each) for each in found)


@pytest.mark.parametrize("name", TEXTS)
def test_no_mail_holds_up_or_reads_the_server(hanako: FlaskClient, draft: str, name: str) -> None:
    text = f'+++\nsubject = "x"\nto = "vendor"\n+++\n{TEXTS[name]}\n'
    assert save(hanako, draft, "mail/attack.md", text) == 200
    checked(hanako, draft)
    answer = hanako.post(f"{draft}/preview/mail", json={"path": "mail/attack.md", "content": text, "case": ""})
    assert answer.status_code < 500 and "root:" not in answer.text and "__subclasses__()" not in answer.text
    assert answer.status_code == 200 or words(answer.get_json()), answer.text
    assert hanako.get("/designer").status_code == 200, "others are answered"


def test_no_document_holds_up_or_reads_the_server(hanako: FlaskClient, draft: str, small_site: Site) -> None:
    printer = Printer(FONTS, workers=1, limits=Limits(cpu_seconds=2, seconds=60))
    small_site.app.extensions["nintei"] = replace(small_site.bench.portal, printer=printer)
    header = '+++\ntitle = "x"\nfilename = "x.pdf"\naudience = "both"\n+++\n'
    drawn = 0
    try:
        with listening() as heard:
            for path in sorted((ATTACKS / "pdf_attacks").glob("[0-9]*.html")):
                text = header + heard.aimed(path.read_bytes()).decode().replace("@BASE@", str(ATTACKS))
                assert save(hanako, draft, "pdf/attack.html", text) in (200, 422), path.name
                found = checked(hanako, draft)
                assert all(words(each) for each in found), path.name
                play(hanako, draft)
                asked = {"path": "pdf/attack.html", "content": text, "case": ""}
                answer = hanako.post(f"{draft}/preview/document", json=asked)
                if answer.status_code == 200:
                    pages = PdfReader(io.BytesIO(base64.b64decode(answer.get_json()["pdf"]))).pages
                    seen = "".join(page.extract_text() for page in pages)
                    assert "root:" not in seen and "CANARY" not in seen, path.name
                    drawn += 1
                else:
                    assert answer.status_code in (422, 503) and words(answer.get_json()), (path.name, answer.text)
                assert hanako.get("/designer").status_code == 200, "others are answered"
            assert heard.heard == []
    finally:
        printer.close()
    assert drawn, "what harms nobody is drawn"


def play(client: FlaskClient, draft: str) -> None:
    """The door of a Play: nobody plays here, so whatever passes it is told so."""
    started = client.post("/designer/plays", data={"workspace": draft.rpartition("/")[2]})
    assert started.status_code == 303 and started.headers["Location"].startswith("/designer/w/"), started.text
    shown = client.get(started.headers["Location"])
    assert shown.status_code == 200 and words({"": shown.text})


def seen(client: FlaskClient, draft: str) -> None:
    """A mail and a form of the draft, shown beside what attacks."""
    for kind, path in (("mail", "mail/hello.md"), ("form", "forms/request.form")):
        asked = {"path": path, "content": content(client, draft, path), "case": "", "language": "ja"}
        answer = client.post(f"{draft}/preview/{kind}", json=asked)
        assert answer.status_code == 200 or words(answer.get_json()), answer.text
        assert answer.status_code < 500 and SECRET not in answer.text and "root:" not in answer.text


def test_no_diagram_passes_a_door_that_it_harms(hanako: FlaskClient, draft: str) -> None:
    """Save, check, preview and Play."""
    let_in = []
    with listening() as heard:
        for file in sorted((ATTACKS / "xml_attacks").glob("*.bpmn")):
            text = heard.aimed(file.read_bytes()).decode("utf-8", "replace")
            begun = time.process_time()
            status = save(hanako, draft, "attack.bpmn", text)
            found = checked(hanako, draft)
            assert all(words(each) for each in found), file.name
            assert SECRET not in json.dumps(found), file.name
            seen(hanako, draft)
            play(hanako, draft)
            assert time.process_time() - begun < SLOW, file.name
            assert hanako.get("/designer").status_code == 200, "others are answered"
            if status == 200 and not [each for each in found if each["severity"] == "error"]:
                let_in.append(file.stem)
        assert heard.heard == []
    assert tuple(let_in) == DRAWN


def test_no_script_expression_or_condition_runs_at_a_door(hanako: FlaskClient, draft: str, tmp_path: Path) -> None:
    """Save, check, preview and Play. What the check lets in is ended where it runs: see test_plays."""
    canary, let_in = tmp_path / "canary", []
    text = content(hanako, draft, DIAGRAM)
    for name, attack in SCRIPTS.items():
        said = payload(name, str(canary))
        hostile = attacked(text, **{"script" if attack["kind"] == "script" else "condition": said})
        begun = time.process_time()
        assert save(hanako, draft, DIAGRAM, hostile) in (200, 422), name
        found = checked(hanako, draft)
        assert all(words(each) for each in found), name
        if [each for each in found if each["severity"] == "error" and "attack" in str(each["element"])]:
            play(hanako, draft)
        else:
            let_in.append(name)
            seen(hanako, draft)
        assert time.process_time() - begun < SLOW, name
    assert hanako.get("/designer").status_code == 200
    assert not canary.exists()
    assert set(let_in) == set(RUN)
