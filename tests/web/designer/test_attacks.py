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

API = "/designer/api/workspaces"
ATTACKS = Path(__file__).parents[2] / "attacks"
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


def attacks() -> list[Path]:
    return sorted((ATTACKS / "xml_attacks").glob("*.bpmn"))


@pytest.mark.parametrize("file", attacks(), ids=lambda file: str(file.stem))
def test_no_diagram_crashes_the_save_the_check_or_the_play(hanako: FlaskClient, draft: str, file: Path) -> None:
    status = save(hanako, draft, "attack.bpmn", file.read_bytes().decode("utf-8", "replace"))
    found = checked(hanako, draft)
    if status == 200:
        assert all(words(each) for each in found)
        number = draft.rpartition("/")[2]
        started = hanako.post("/designer/plays", data={"workspace": number})
        assert started.status_code in (303, 422), started.text
    assert hanako.get("/designer").status_code == 200


@pytest.mark.parametrize(
    "script", json.loads((ATTACKS / "scripts.json").read_text("utf-8"))[:40], ids=lambda each: str(each["name"])
)
def test_no_script_runs_while_it_is_saved_and_checked(
    hanako: FlaskClient, draft: str, script: dict[str, str], tmp_path: Path
) -> None:
    canary = tmp_path / "canary"
    payload = script["payload"].replace("@CANARY@", str(canary))
    files = {each["path"] for each in hanako.get(f"{draft}/tree").get_json()["files"]}
    path = next(each for each in sorted(files) if each.endswith(".bpmn"))
    text = hanako.get(f"{draft}/files/{path}").get_json()["content"]
    safe = payload.replace("&", "&amp;").replace("<", "&lt;").replace("\x00", "")
    script_ = f"<bpmn:script>{safe}</bpmn:script>"
    task = f'<bpmn:scriptTask id="attack" name="x" scriptFormat="python">{script_}</bpmn:scriptTask>'
    process = "</bpmn:process>" if "</bpmn:process>" in text else "</process>"
    assert save(hanako, draft, path, text.replace(process, task + process, 1)) in (200, 422)
    checked(hanako, draft)
    assert not canary.exists()
