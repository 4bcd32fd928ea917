"""Decision tables of DMN 1.3 (chapter 8) as dmn-js writes them, over the S-FEEL subset.

Hit policies: UNIQUE (checked when it decides), FIRST, COLLECT without aggregation. Everything else is refused
by place: table, row (counted from 1) and column.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from app.errors import N_, BadPackage, Problem
from app.feel.decision import HIT_POLICIES, Decision, DecisionError, Input, Output, Rule
from app.feel.expression import Expression, UnaryTests, parse, parse_unary_tests
from app.feel.scanner import FeelError
from app.text import xml
from app.text.xml import Xml, XmlRefused

__all__ = ["Decision", "DecisionError", "Input", "Output", "Rule", "load", "read_decisions"]

_FEEL_LANGUAGES = (
    "",
    "feel",
    "s-feel",
    "https://www.omg.org/spec/DMN/20191111/FEEL/",
    "http://www.omg.org/spec/DMN/20180521/FEEL/",
)


def load(data: bytes, file: str = "") -> dict[str, Decision]:
    """Decision id to decision. Raises BadPackage with a Problem for each thing that is not of the subset."""
    problems: list[Problem] = []
    decisions = read_decisions(data, file, problems)
    if problems:
        raise BadPackage(problems)
    return decisions


def read_decisions(data: bytes, file: str, problems: list[Problem]) -> dict[str, Decision]:
    """As `load`, but puts what is wrong into `problems` and returns the tables that are right."""
    try:
        root = xml.read(data).root
    except XmlRefused as error:
        problems.append(error.of(file))
        return {}
    if root.name != "definitions" or "DMN" not in root.namespace:
        problems.append(Problem(file, "This is not a DMN file: its root is %(root)s.", params={"root": root.name}))
        return {}
    decisions: dict[str, Decision] = {}
    for node in root.children:
        kind = node.name
        if kind in ("businessKnowledgeModel", "decisionService"):
            problems.append(
                Problem(
                    file,
                    "%(kind)s is not supported: use decision tables alone.",
                    node.get("id", ""),
                    {"kind": kind},
                )
            )
        if kind != "decision":
            continue
        reader = _TableReader(file, node, problems)
        decision = reader.decision()
        if decision.id in decisions:
            reader.wrong(N_("Two decisions have the id %(id)s: change one."), id=decision.id)
        elif not reader.failed:
            decisions[decision.id] = decision
    return decisions


class _TableReader:
    """Reads one <decision>; complains by row and column and carries on, so that all is said at once."""

    def __init__(self, file: str, node: Xml, problems: list[Problem]) -> None:
        self.file = file
        self.node = node
        self.problems = problems
        self.id = node.get("id", "")
        self.failed = False

    def wrong(self, message: str, row: int = 0, **params: Any) -> None:
        """`row`: counted from 1, as people see it; 0: of the table as a whole."""
        self.failed = True
        self.problems.append(Problem(self.file, message, self.id, params, part=f"row:{row}" if row else ""))

    def decision(self) -> Decision:
        if not self.id:
            self.wrong(N_("A decision has no id: give it one."))
        for requirement in self.node.walk():
            if requirement.name == "requiredDecision":
                self.wrong(N_("A decision cannot need another decision here: pass the result as an input."))
        table = _child(self.node, "decisionTable")
        if table is None:
            self.wrong(N_("The decision has no decision table: only tables are supported."))
            return Decision(self.id, self.node.get("name", ""), "", (), (), ())
        policy = self._policy(table)
        inputs = tuple(self._input(column) for column in _children(table, "input"))
        outputs = tuple(self._output(column, n) for n, column in enumerate(_children(table, "output"), 1))
        if not outputs:
            self.wrong(N_("The decision table has no output column: add one."))
        if len({output.name for output in outputs}) < len(outputs):
            self.wrong(N_("Two output columns have the same name: rename one."))
        rules = tuple(
            self._rule(row, number, len(inputs), len(outputs)) for number, row in enumerate(_children(table, "rule"), 1)
        )
        return Decision(self.id, self.node.get("name", ""), policy, inputs, outputs, rules)

    def _policy(self, table: Xml) -> str:
        policy = table.get("hitPolicy", "UNIQUE")
        if policy not in HIT_POLICIES:
            self.wrong(
                N_("The hit policy %(policy)s is not supported: use %(known)s."),
                policy=policy,
                known=", ".join(HIT_POLICIES),
            )
        if table.get("aggregation"):
            self.wrong(
                N_("COLLECT with %(aggregation)s is not supported: collect the list."),
                aggregation=table.get("aggregation"),
            )
        if table.get("preferredOrientation", "Rule-as-Row") != "Rule-as-Row":
            self.wrong(N_("Only tables whose rules are rows are supported."))
        return policy

    def _input(self, column: Xml) -> Input:
        source = _child(column, "inputExpression")
        text = _text(source)
        label = column.get("label") or text
        self._language(source, 0, label)
        return Input(label, self._parsed(text, 0, label) or Expression("null", ("lit", None)))

    def _output(self, column: Xml, number: int) -> Output:
        name = column.get("name", "")
        label = column.get("label") or name
        if not name.isidentifier():
            self.wrong(
                N_("Output column %(column)s needs a name of letters, digits and _ (now: “%(name)s”)."),
                column=number,
                name=name,
            )
        if _child(column, "defaultOutputEntry") is not None:
            self.wrong(N_("Output column %(column)s has a default, which is not supported: add a row."), column=label)
        return Output(name, label, column.get("typeRef", ""))

    def _rule(self, row: Xml, number: int, inputs: int, outputs: int) -> Rule:
        test_cells = list(_children(row, "inputEntry"))
        answer_cells = list(_children(row, "outputEntry"))
        if len(test_cells) != inputs or len(answer_cells) != outputs:
            self.wrong(N_("The row has not one cell for each column."), row=number)
        description = _child(row, "description")
        notes = [
            description.text.strip() if description is not None else "",
            *(_text(note) for note in _children(row, "annotationEntry")),
        ]
        return Rule(
            number,
            tuple(self._test(cell, number, n) for n, cell in enumerate(test_cells, 1)),
            tuple(self._answer_cell(cell, number, n) for n, cell in enumerate(answer_cells, 1)),
            " ".join(note for note in notes if note),
        )

    def _test(self, cell: Xml, row: int, column: int) -> UnaryTests:
        self._language(cell, row, f"{column}")
        try:
            return parse_unary_tests(_text(cell))
        except FeelError as error:
            self._cell_wrong(error, row, f"{column}", _text(cell))
            return UnaryTests("", False, None)

    def _answer_cell(self, cell: Xml, row: int, column: int) -> Expression | None:
        self._language(cell, row, f"{column}")
        return self._parsed(_text(cell), row, f"{column}", answer=True) if _text(cell) else None

    def _parsed(self, text: str, row: int, column: str, answer: bool = False) -> Expression | None:
        try:
            return parse(text)
        except FeelError as error:
            self._cell_wrong(error, row, column, text, answer)
            return None

    def _cell_wrong(self, error: FeelError, row: int, column: str, text: str, answer: bool = False) -> None:
        if not row:
            self.wrong(
                N_("The input expression of column %(column)s, “%(text)s”, cannot be read: %(reason)s"),
                column=column,
                text=text,
                reason=error,
            )
        elif answer:
            self.wrong(
                N_("Output %(column)s: “%(text)s” cannot be read: %(reason)s"),
                row=row,
                column=column,
                text=text,
                reason=error,
            )
        else:
            self.wrong(
                N_("Input %(column)s: “%(text)s” cannot be read: %(reason)s"),
                row=row,
                column=column,
                text=text,
                reason=error,
            )

    def _language(self, cell: Xml | None, row: int, column: str) -> None:
        language = cell.get("expressionLanguage", "") if cell is not None else ""
        if language.lower() not in {known.lower() for known in _FEEL_LANGUAGES}:
            self.wrong(
                N_("Column %(column)s: the language %(language)s is not supported, FEEL is."),
                row=row,
                column=column,
                language=language,
            )


def _children(node: Xml, name: str) -> Iterator[Xml]:
    return (child for child in node.children if child.name == name)


def _child(node: Xml | None, name: str) -> Xml | None:
    return next(_children(node, name), None) if node is not None else None


def _text(node: Xml | None) -> str:
    text = _child(node, "text")
    return text.text.strip() if text is not None else ""
