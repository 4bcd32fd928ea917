from __future__ import annotations

from pathlib import Path

import pytest

from app.errors import BadPackage, ScriptError
from app.feel.dmn import Decision, DecisionError, load

HEAD = '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="n">'
TABLE = (
    '<decision id="fees" name="Fees"><decisionTable id="t" hitPolicy="{policy}"{more}>'
    '<input id="i1" label="Fee">'
    '<inputExpression id="e1" typeRef="string"><text>fee</text></inputExpression></input>'
    '<input id="i2"><inputExpression id="e2" typeRef="number"><text>attempt</text></inputExpression></input>'
    '<output id="o1" label="Amount" name="amount" typeRef="number"/>'
    '<output id="o2" name="why" typeRef="string"/>'
    "{rules}</decisionTable></decision>"
)
RULE = (
    "<rule id='{id}'><description>note</description>"
    "<inputEntry id='{id}a'><text><![CDATA[{a}]]></text></inputEntry>"
    "<inputEntry id='{id}b'><text><![CDATA[{b}]]></text></inputEntry>"
    "<outputEntry id='{id}c'><text><![CDATA[{c}]]></text></outputEntry>"
    "<outputEntry id='{id}d'><text><![CDATA[{d}]]></text></outputEntry></rule>"
)
ROWS = [
    ('"exam"', "1", "50000", '"first"'),
    ('"exam"', "2", "0", '"free"'),
    ('"exam"', ">= 3", "50000 * 1.1", '"again"'),
    ('"audit"', "-", "attempt + 1", ""),
]


def xml(rows: list[tuple[str, str, str, str]], policy: str = "UNIQUE", more: str = "") -> bytes:
    rules = "".join(RULE.format(id=f"r{n}", a=a, b=b, c=c, d=d) for n, (a, b, c, d) in enumerate(rows))
    return (HEAD + TABLE.format(policy=policy, more=more, rules=rules) + "</definitions>").encode()


def table(rows: list[tuple[str, str, str, str]], policy: str = "UNIQUE") -> Decision:
    return load(xml(rows, policy))["fees"]


def refusals(data: bytes) -> str:
    with pytest.raises(BadPackage) as caught:
        load(data, "fees.dmn")
    assert all(problem.file == "fees.dmn" for problem in caught.value.problems)
    return "\n".join(str(problem) for problem in caught.value.problems)


def test_a_row_that_fits_answers_with_values_of_python() -> None:
    fees = table(ROWS)
    assert fees.decide({"fee": "exam", "attempt": 1}) == {"amount": 50000, "why": "first"}
    assert fees.decide({"fee": "exam", "attempt": 4}) == {"amount": 55000, "why": "again"}
    assert type(fees.decide({"fee": "exam", "attempt": 4})["amount"]) is int
    assert fees.decide({"fee": "audit", "attempt": 7}) == {"amount": 8, "why": None}


def test_where_no_row_fits_every_output_is_null() -> None:
    assert table(ROWS).decide({"fee": "card"}) == {"amount": None, "why": None}
    assert table(ROWS, "COLLECT").decide({"fee": "card"}) == {"amount": [], "why": []}


def test_unique_says_which_rows_fit_both() -> None:
    rows = [*ROWS, ('"exam"', "< 3", "1", '"x"')]
    with pytest.raises(DecisionError, match=r"fees.*2, 5") as caught:
        table(rows).decide({"fee": "exam", "attempt": 2})
    assert isinstance(caught.value, ScriptError)


def test_first_takes_the_first_row_and_collect_all_of_them() -> None:
    rows = [*ROWS, ("-", "-", "9", '"any"')]
    names = {"fee": "exam", "attempt": 2}
    assert table(rows, "FIRST").decide(names) == {"amount": 0, "why": "free"}
    assert table(rows, "COLLECT").decide(names) == {"amount": [0, 9], "why": ["free", "any"]}


def test_names_are_those_of_columns_and_cells() -> None:
    assert table([("-", "< limit", "base", "-1")]).names() == {"fee", "attempt", "limit", "base"}


@pytest.mark.parametrize("policy", ["ANY", "PRIORITY", "RULE ORDER", "OUTPUT ORDER", "unique"])
def test_other_hit_policies_are_refused_by_name(policy: str) -> None:
    assert policy in refusals(xml(ROWS, policy))


def test_aggregation_is_refused_by_name() -> None:
    assert "SUM" in refusals(xml(ROWS, "COLLECT", ' aggregation="SUM"'))


def test_every_bad_cell_is_named_by_row_and_column_at_once() -> None:
    said = refusals(xml([('"a"', "1", "1", '"x"'), ("exam or", "1", "if x", '"x"'), ('"a"', "[1..", "1", "f(1)")]))
    assert "row 2: Input 1: “exam or”" in said
    assert "row 2: Output 1: “if x”" in said
    assert "row 3: Input 2: “[1..”" in said
    assert "row 3: Output 2: “f(1)”" in said
    assert said.count("fees.dmn, fees, row") == 4


def test_the_annotation_column_of_dmn_js_is_read_as_annotation() -> None:
    package = Path(__file__).parents[1] / "packages" / "three_steps" / "loan_limit.dmn"
    decision = load(package.read_bytes())["loan_limit"]
    assert [rule.annotation for rule in decision.rules] == ["個人で5冊まで 希望のとおり", "", "団体"]
    assert decision.decide({"reader_kind": "person", "books": 3}) == {"limit": 3}


OUTPUT = '<output name="a"/>'


def a_table(inner: str, attributes: str = "") -> str:
    return f'<decision id="x"><decisionTable{attributes}>{inner}</decisionTable></decision>'


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (
            '<decision id="x"><literalExpression><text>1</text></literalExpression></decision>',
            "no decision table",
        ),
        (
            a_table(OUTPUT).replace("<decisionTable>", '<r><requiredDecision href="#y"/></r><decisionTable>'),
            "cannot need another decision",
        ),
        ('<businessKnowledgeModel id="x"/>', "businessKnowledgeModel"),
        (a_table(""), "no output column"),
        (a_table(OUTPUT).replace(' id="x"', ""), "no id"),
        (a_table('<output name="a b"/>'), "a b"),
        (a_table(2 * OUTPUT), "same name"),
        (
            a_table('<output name="a"><defaultOutputEntry><text>1</text></defaultOutputEntry></output>'),
            "default",
        ),
        (a_table(OUTPUT + "<rule/>"), "one cell"),
        (
            a_table(
                '<input><inputExpression expressionLanguage="python"><text>a</text></inputExpression></input>' + OUTPUT
            ),
            "python",
        ),
        (a_table(OUTPUT, ' preferredOrientation="CrossTable"'), "rows"),
        (2 * a_table(OUTPUT), "Two decisions"),
    ],
)
def test_what_is_no_plain_table_is_refused_with_what_to_do(body: str, said: str) -> None:
    assert said in refusals((HEAD + body + "</definitions>").encode())


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\x03\x04",
        b"<a>",
        b"<definitions/>",
        b"\xff\xfe\x00",
        b'<?xml version="1.0" encoding="bogus"?><a/>',
        b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/x"><a/>',
        b'<?xml-stylesheet href="x"?><a/>',
        b"<a>" * 100_000,
        b"<a>" + b"<b/>" * 60_000 + b"</a>",
        b"<a>" + b" " * (5 * 1024 * 1024) + b"</a>",
        b'<?xml version="1.0" encoding="utf-7"?><a/>',
    ],
    ids=range(13),
)
def test_hostile_or_broken_xml_is_refused_in_one_sentence(data: bytes) -> None:
    assert refusals(data).count("fees.dmn") == 1
