from __future__ import annotations

import random
import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from app import catalogue
from app.catalogue import Package
from app.catalogue.complaints import THINGS
from app.errors import BadPackage
from tests.catalogue.support import OPERATORS, THREE_STEPS, Edit, edited, problems
from tests.catalogue.wrongs import BPMN, CASES, MORE, add, swap


@pytest.mark.parametrize(("changes", "place", "said"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_what_is_wrong_is_said_where_it_is_with_how_to_mend_it(changes: Edit, place: str, said: str) -> None:
    found = problems(changes)
    file, _, element = place.partition("#")
    assert any(
        (problem.file, problem.element) == (file, element) and re.search(said, str(problem)) for problem in found
    ), "\n".join(map(str, found))


def test_the_package_of_three_steps_has_no_problem(three_steps: Package) -> None:
    assert catalogue.check(three_steps, OPERATORS) == []
    assert catalogue.require(three_steps, OPERATORS) is three_steps


def test_every_problem_is_said_at_once_and_none_twice() -> None:
    found = problems(
        {"forms/approve.form": None, "mail/hello.md": None, "loan_limit.dmn": None, "package.toml": add(MORE)}
    )
    assert {BPMN, "package.toml"} <= {problem.file for problem in found}
    assert len(found) == len({str(problem) for problem in found}) >= 7


def test_bad_toml_is_said_once_and_not_in_all_its_consequences() -> None:
    found = problems({"package.toml": "id = "})
    assert [problem.file for problem in found] == ["package.toml"]


def test_a_package_with_errors_is_not_let_through_and_one_with_warnings_is() -> None:
    with pytest.raises(BadPackage, match="no form"):
        catalogue.require(edited({"forms/approve.form": None}), OPERATORS)
    catalogue.require(edited({"notes.doc": "x"}), OPERATORS)


def test_every_problem_fills_its_message_and_names_its_file() -> None:
    for name, changes, *_ in CASES:
        for problem in problems(changes):
            assert problem.file, name
            assert "%(" not in str(problem), name
            assert problem.severity in ("error", "warning"), name


def test_what_the_portal_routes_itself_may_be_named_as_a_route() -> None:
    def confirming(diagram: str) -> str:
        start = diagram.index('id="collect"')
        return diagram[:start] + diagram[start:].replace(
            '"due_bd" value="5"',
            '"confirms" value="card" /><spiffworkflow:property name="routes" value="payment"',
            1,
        )

    form = '{"components": [{"key": "amount"}, {"key": "paid_on"}, {"key": "payer"}]}'
    found = problems({"package.toml": add(MORE), "forms/collect.form": form, BPMN: confirming})
    assert not [problem for problem in found if problem.part == "property:routes"]


def test_fields_in_groups_count_and_those_in_lists_do_not() -> None:
    form = {
        "components": [
            {
                "type": "group",
                "components": [{"key": "a"}, {"type": "group", "path": "g", "components": [{"key": "b"}]}],
            },
            {"type": "dynamiclist", "path": "rows", "components": [{"key": "c"}]},
            {"type": "text"},
            "nonsense",
        ]
    }
    assert sorted(catalogue.form_fields(form)) == ["a", "g", "rows"]


PO = Path(__file__).parents[2] / "app/web/translations/ja/LC_MESSAGES/messages.po"


def test_every_finding_speaks_japanese() -> None:
    with PO.open("rb") as file:
        words = {str(message.id): str(message.string) for message in read_po(file, locale="ja")}
    for name, changes, *_ in CASES:
        for problem in problems(changes):
            assert words.get(problem.message), (name, problem.message)
            said = problem.said(lambda message: words.get(message) or message)
            assert re.search(r"[ぁ-ん]", said), said
            assert "%(" not in said, said
    assert [thing for thing in THINGS if not words.get(thing)] == []


SETTING = """
<bpmn:scriptTask id="s"><bpmn:script>total = sum([n for n in [1, 2]])
for each in [1]:
    found = each</bpmn:script></bpmn:scriptTask>
<bpmn:userTask id="u"><bpmn:multiInstanceLoopCharacteristics><bpmn:loopDataInputRef>{list}</bpmn:loopDataInputRef>
<bpmn:inputDataItem id="i" name="item"/><bpmn:completionCondition>{condition}</bpmn:completionCondition>
</bpmn:multiInstanceLoopCharacteristics></bpmn:userTask>
<bpmn:serviceTask id="t"><bpmn:extensionElements><spiffworkflow:serviceTaskOperator id="webhook" resultVariable="sent">
<spiffworkflow:parameters><spiffworkflow:parameter id="data" value="{code}"/></spiffworkflow:parameters>
</spiffworkflow:serviceTaskOperator></bpmn:extensionElements></bpmn:serviceTask>
"""


@pytest.mark.parametrize(
    ("given", "unset"),
    [
        ({}, set()),
        ({"list": "lost"}, {"lost"}),
        ({"condition": "len(item) and [x for x in found]"}, set()),
        ({"condition": "any(x == y for x in found)"}, {"y"}),
        ({"code": "str(sent) + total"}, set()),
        ({"code": "limit if outcome else nobody"}, {"nobody"}),
        ({"code": "this is no code"}, set()),
    ],
)
def test_a_name_is_missed_only_if_no_element_sets_it(given: dict[str, str], unset: set[str]) -> None:
    drawn = SETTING.format(**{"list": "found", "condition": "item", "code": "'hello'", **given})
    found = problems({BPMN: swap("<bpmn:startEvent", f"{drawn}<bpmn:startEvent")})
    said = {problem.params["name"] for problem in found if problem.message.startswith("Nothing ever sets")}
    assert said == unset


ATTACKS = Path(__file__).parents[1] / "attacks" / "xml_attacks"
UNSAFE = {"01", "04", "07", "10", "21", "27"}  # not even to be shown to another parser
WRONG = {"15", "18", "30", "36"}  # XML like any other, but no process
FILES = sorted(path.name for path in ATTACKS.glob("*.bpmn"))


def secret_of() -> str:
    """What a parser that follows entities would bring out."""
    return (ATTACKS / "secret.txt").read_text("utf-8").strip()


def test_the_hostile_diagrams_are_there() -> None:
    assert {name[:2] for name in FILES} >= UNSAFE | WRONG


@pytest.mark.parametrize("name", FILES)
def test_hostile_diagrams_are_refused_and_leak_nothing(name: str) -> None:
    package = edited({"attack.bpmn": (ATTACKS / name).read_bytes()})
    checked = [problem for problem in catalogue.check(package, OPERATORS) if problem.file == "attack.bpmn"]
    found = [str(problem) for problem in checked if problem.severity == "error"]
    assert secret_of() not in "".join(map(str, checked))
    assert secret_of() not in "".join(map(str, package.elements.values()))
    assert bool(found) is (name[:2] in UNSAFE | WRONG)
    assert ("attack.bpmn" in package.bpmn) is (name[:2] not in UNSAFE)


@pytest.mark.parametrize("body", ["{{ 9**9**9 }}", '{{ "a" * 10**9 }}', "{{ ().__class__.__base__ }}"])
def test_templates_are_parsed_and_nothing_in_them_is_worked_out(body: str) -> None:
    problems({"mail/hello.md": add(body)})


LONG_PROPERTY = '<spiffworkflow:property name="reviews" value="' + "a," * 9_000 + '" />'
BOMBS: dict[str, Edit] = {
    "a key of many parts": {"package.toml": add(".".join(["a"] * 100_000) + " = 1\n")},
    "a table of many parts": {"package.toml": add("[" + ".".join(['"a"'] * 100_000) + "]\n")},
    "a number of many digits": {"package.toml": add("x = " + "9" * 100_000 + "\n")},
    "a list in a list without end": {"package.toml": add("x = " + "[" * 100_000)},
    "a form's number of many digits": {"forms/approve.form": '{"components": [], "x": ' + "9" * 100_000 + "}"},
    "a list in a property that is too long": {
        BPMN: swap("<spiffworkflow:properties>", "<spiffworkflow:properties>" + LONG_PROPERTY * 3)
    },
    "an attribute without end": {BPMN: swap('value="reader_kind', 'value="' + "a" * 100_000)},
    "a name in a name without end": {"mail/hello.md": add("{{ a" + ".b" * 50_000 + " }}")},
    "a condition in a condition": {"mail/hello.md": add("{% if a %}" * 300 + "{% endif %}" * 300)},
    "more keys than anyone reads": {"package.toml": add("".join(f"k{n} = 1\n" for n in range(20_000)))},
}


@pytest.mark.parametrize("changes", BOMBS.values(), ids=BOMBS)
def test_bombs_are_said_to_be_wrong_and_do_not_go_off(changes: Edit) -> None:
    found = problems(changes)
    assert 0 < len(found) <= 301
    assert all(len(str(problem)) < 100_000 for problem in found)


def test_files_with_bytes_changed_are_checked_to_the_end() -> None:
    chance = random.Random(11)
    pieces = [
        b"",
        b'"',
        b"<",
        b"{{",
        b"%}",
        b"[",
        b"(",
        b"\n",
        b"\x00",
        b"\xff",
        b"'",
        b"<!--",
        b"%(x)s",
        b"1e999",
    ]
    for _ in range(150):
        changes: dict[str, bytes] = {}
        for path, content in chance.sample(sorted(catalogue.load(THREE_STEPS).files.items()), 2):
            data = bytearray(content)
            start = chance.randrange(len(data))
            data[start : start + chance.choice([0, 1, 30])] = chance.choice(pieces)
            changes[path] = bytes(data)
        assert all(str(problem) for problem in problems(changes))
