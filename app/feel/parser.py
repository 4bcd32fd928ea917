"""Tokens to syntax: a recursive-descent parser, bounded in depth."""

from __future__ import annotations

from collections.abc import Callable

from app.errors import N_
from app.feel.cursor import Cursor
from app.feel.scanner import FeelError, unquoted
from app.feel.syntax import COMPARISONS, Node
from app.feel.values import as_date

MAX_LEVELS = 80  # of the tree: evaluation recurses once for each, and a sum of n terms has n
MAX_DIGITS = 34  # what a decimal128 holds

# Words of full FEEL that this subset leaves out: named, so that the refusal can say so.
_BEYOND = frozenset({"if", "then", "else", "for", "return", "some", "every", "satisfies", "function", "instance"})
RESERVED = frozenset({"and", "or", "in", "between", "true", "false", "null"}) | _BEYOND
_CONSTANTS = {"true": True, "false": False, "null": None}


class Parser(Cursor):
    """One parse of one text. Methods named after what they read; each leaves the cursor behind it."""

    def whole_expression(self) -> Node:
        node = self.disjunction()
        self._expect_end()
        self._check_levels((node,))
        return node

    def whole_tests(self) -> tuple[bool, tuple[Node, ...] | None]:
        """A cell: (negated, tests); tests are None for "-" and for an empty cell, which match everything."""
        if self._peek().kind == "end" or (self._is("-") and self._peek(1).kind == "end"):
            return False, None
        if self._is_call("not"):
            negated = True
            self.cursor += 2
            tests = self._tests()
            self._expect(")")
        else:
            negated = False
            tests = self._tests()
        self._expect_end()
        self._check_levels(tests)
        return negated, tests

    def _check_levels(self, nodes: tuple[Node, ...]) -> None:
        level, row = 0, list(nodes)
        while row:
            level += 1
            if level > MAX_LEVELS:
                self.cursor = 0
                self._fail(N_("The expression from position %(position)s on is nested too deep: split it."))
            row = [part for node in row for part in node[1:] if isinstance(part, tuple)]

    def disjunction(self) -> Node:
        parts = [self.conjunction()]
        while self._is("or"):
            self._take()
            parts.append(self.conjunction())
        return ("or", *parts) if len(parts) > 1 else parts[0]

    def conjunction(self) -> Node:
        parts = [self.comparison()]
        while self._is("and"):
            self._take()
            parts.append(self.comparison())
        return ("and", *parts) if len(parts) > 1 else parts[0]

    def comparison(self) -> Node:
        left = self.sum()
        token = self._peek()
        if token.text in COMPARISONS and token.kind == "mark":
            self._take()
            left = (token.text, left, self.sum())
        elif self._is("between"):
            self._take()
            low = self.sum()
            self._expect("and")
            left = ("in", left, ("range", True, low, self.sum(), True))
        elif self._is("in"):
            self._take()
            left = ("in", left, *self._membership())
        token = self._peek()
        if (token.kind == "mark" and token.text in COMPARISONS) or self._is("in") or self._is("between"):
            self._fail(N_("A second comparison at position %(position)s: join comparisons with and / or."))
        return left

    def sum(self) -> Node:
        return self._chain(("+", "-"), self.product)

    def product(self) -> Node:
        return self._chain(("*", "/"), self.factor)

    def _chain(self, operators: tuple[str, str], read: Callable[[], Node]) -> Node:
        left = read()
        while self._is(operators[0]) or self._is(operators[1]):
            operator = self._take().text
            left = (operator, left, read())
        return left

    def factor(self) -> Node:
        token = self._peek()
        if token.kind == "mark" and token.text == "-":
            self._take()
            return self._nested(lambda: ("neg", self.factor()))
        if token.kind == "number":
            return self._number()
        if token.kind == "text":
            return ("lit", unquoted(self._take()))
        if token.kind == "mark" and token.text == "(":
            return self._nested(self._bracketed)
        if token.kind == "mark" and token.text == "[":
            return self._nested(self._list)
        if token.kind != "word":
            self._fail(N_("A value is missing at position %(position)s."))
        return self._nested(self._word)

    # ---- membership and cells

    def _membership(self) -> tuple[Node, ...]:
        if not self._is("("):
            return (self._test(),)
        return self._nested(self._bracketed_membership)

    def _bracketed_membership(self) -> tuple[Node, ...]:
        opening = self.cursor
        self._take()
        first = self._test()
        if self._is(".."):  # (a..b] — an open range after all
            self.cursor = opening
            return (self._range(),)
        tests = [first]
        while self._is(","):
            self._take()
            tests.append(self._test())
        self._expect(")")
        return tuple(tests)

    def _tests(self) -> tuple[Node, ...]:
        tests = [self._test()]
        while self._is(","):
            self._take()
            tests.append(self._test())
        return tuple(tests)

    def _test(self) -> Node:
        token = self._peek()
        if token.kind == "mark" and token.text in COMPARISONS:
            self._take()
            return ("cmp", token.text, self.sum())
        if self._is("]") or ((self._is("[") or self._is("(")) and self._range_ahead()):
            return self._nested(self._range)
        return ("is", self.sum())

    def _range_ahead(self) -> bool:
        """Whether the bracket here holds `..` at its own level: looked for, not parsed."""
        level = 0
        for token in self.tokens[self.cursor :]:
            if token.kind != "mark":
                continue
            if token.text in ("[", "("):
                level += 1
            elif token.text in ("]", ")"):
                level -= 1
                if level == 0:
                    return False
            elif token.text == ".." and level == 1:
                return True
        return False

    def _range(self) -> Node:
        opening = self._take().text
        low = self.sum()
        self._expect("..")
        high = self.sum()
        closing = self._peek()
        if closing.text not in ("]", ")", "[") or closing.kind != "mark":
            self._fail(N_("The range is not closed at position %(position)s: write [a..b]."))
        self._take()
        return ("range", opening == "[", low, high, closing.text == "]")

    # ---- values

    def _bracketed(self) -> Node:
        self._take()
        node = self.disjunction()
        if self._is(".."):
            self._fail(N_("A range at position %(position)s stands only after `in`, or in a cell."))
        self._expect(")")
        return node

    def _list(self) -> Node:
        self._take()
        items: list[Node] = []
        while not self._is("]"):
            items.append(self.disjunction())
            if self._is(".."):
                self._fail(N_("A range at position %(position)s stands only after `in`, or in a cell."))
            if not self._is(","):
                break
            self._take()
        self._expect("]")
        return ("list", *items)

    def _word(self) -> Node:
        token = self._take()
        word = token.text
        if word in _CONSTANTS:
            return ("lit", _CONSTANTS[word])
        if word in RESERVED:
            self.cursor -= 1
            self._fail(N_("The word %(found)s at position %(position)s cannot stand here."), word)
        if not self._is("("):
            return self._path(word)
        if word not in ("not", "date"):
            self.cursor -= 1
            self._fail(
                N_(
                    "The function %(found)s at position %(position)s is beyond the subset: there are not(…) and "
                    "date(…)."
                ),
                word,
            )
        self._take()
        argument = self.disjunction()
        self._expect(")")
        if word == "date" and argument[0] == "lit":
            _check_date(argument[1], token.position)
        return (word, argument)

    def _path(self, first: str) -> Node:
        parts = [first]
        while self._is("."):
            self._take()
            if self._peek().kind != "word":
                self._fail(N_("A name is missing after the point at position %(position)s."))
            parts.append(self._take().text)
        return ("name", *parts)

    def _number(self) -> Node:
        token = self._peek()
        if len(token.text.replace(".", "").lstrip("0")) > MAX_DIGITS:
            self._fail(N_("The number at position %(position)s has too many digits."))
        return ("num", self._take().text)


def _check_date(text: object, position: int) -> None:
    if as_date(text) is None:
        raise FeelError(
            '%(found)s at position %(position)s is no date: write date("2026-11-22").',
            position,
            found=str(text),
        )
