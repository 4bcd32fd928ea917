"""Decision tables: rows that never apply, rows that get into each other's way, cases for which there is none; and what
a fee's table must give.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from app.catalogue.check_names import SETTINGS, WITH_FEE
from app.catalogue.complaints import Complaints
from app.catalogue.domains import NOTHING, Domain, Known, Value, Values, join, one
from app.catalogue.following import Following
from app.catalogue.model import Package
from app.catalogue.tables import Table, Tried, named_in
from app.catalogue.terms import Fee
from app.catalogue.toml import nearest
from app.catalogue.words import Case
from app.errors import N_, Named
from app.feel.binding import bound
from app.feel.decision import Decision

MAX_RATE = 100  # percent
_TYPES = {"string": "text", "boolean": "bool", **dict.fromkeys(("number", "integer", "long", "double"), "number")}


class TableChecks:
    """Over all decision tables that are asked somewhere."""

    def __init__(self, package: Package, complaints: Complaints, following: Following) -> None:
        self.package = package
        self.complaints = complaints
        self.following = following

    def run(self) -> None:
        settings = {SETTINGS: self.package.settings_values({})}
        for written in self.package.decisions.values():
            decision = bound(written, settings)
            file = self.package.file_of(decision.id)
            fees = [fee for fee in self.package.fees.values() if fee.decision == decision.id]
            domains = self._domains(decision, fees)
            if domains is None:
                self._types(file, decision)
                continue
            table = Table(decision, domains)
            meant = set(self._words(file, decision, domains))
            if table.followed and not table.small:
                message = N_(
                    "The table has too many combinations to be followed: holes and overlaps are not looked for."
                )
                self.complaints.warn(file, decision.id, message)
            elif table.whole:
                self._rows(file, table, holes=not meant and not fees)
            for fee in fees:
                self._fee(file, decision, fee, domains, holes=fee.id not in meant)
            self._types(file, decision)

    def _domains(self, decision: Decision, fees: list[Fee]) -> dict[str, Domain] | None:
        """What each name may be where the table is asked; None where no case comes to a place that asks it."""
        places = [each for each in self.package.elements.values() if each.decision == decision.id]
        ids = {fee.id for fee in fees}
        places += [each for each in self.package.elements.values() if each.properties.get("invoice") in ids]
        states = [self.following.entry[each.id] for each in places if each.id in self.following.entry]
        if not states:
            return None
        found: dict[str, Domain] = {}
        for name in decision.names():
            domain = NOTHING
            for state in states:
                domain = join(domain, state.of(name))
            found[name] = domain
        if ids:
            of_fees = NOTHING
            for name in sorted(ids):
                of_fees = join(of_fees, one(name))
            called = any(each.decision == decision.id for each in places)
            found[WITH_FEE] = join(of_fees, found[WITH_FEE]) if called and WITH_FEE in found else of_fees
        return found

    # ---- columns

    def _types(self, file: str, decision: Decision) -> None:
        """Cells of a column that says of which type it is."""
        for rule in decision.rules:
            for output, cell in zip(decision.outputs, rule.outputs, strict=True):
                wanted = _TYPES.get(output.type)
                found = next(iter(_constants(cell.node)), None) if cell is not None else None
                if not wanted or not found or self._told(file, decision, rule.number):
                    continue
                if found[0] not in (wanted, "none"):
                    self.complaints.warn(
                        file, decision.id, N_("The column “%(column)s” is of the type %(type)s, and %(value)s is "
                                              "none."),
                        f"row:{rule.number}", column=output.label, type=output.type, value=Value(found),
                    )  # fmt: skip

    def _words(self, file: str, decision: Decision, domains: dict[str, Domain]) -> Iterator[str]:
        """Names values in cells that their input never is; gives what was meant, as far as one can tell."""
        for number, column in enumerate(decision.inputs):
            node = column.expression.node
            if node[0] != "name" or len(node) != 2:
                continue
            domain = domains.get(node[1], NOTHING)
            if not (domain.known or domain.kinds or domain.numbers):
                continue  # nothing sets it, and that is said
            for rule in decision.rules:
                for value in named_in(rule.tests[number]):
                    if value[0] in ("text", "bool") and not domain.may_be(value) and not domain.any:
                        yield self._never(file, decision, rule.number, column.label, value, domain)

    def _never(self, file: str, decision: Decision, row: int, column: str, value: Known, domain: Domain) -> str:
        like = nearest(str(value[1]), frozenset(domain.texts()))
        if like:
            self.complaints.say(
                file, decision.id,
                N_("“%(column)s” is never %(value)s: it is one of %(known)s. Did you mean "
                   "“%(nearest)s”?"), f"row:{row}",
                column=column, value=Value(value), known=Values(domain), nearest=like,
            )  # fmt: skip
        else:
            self.complaints.say(
                file, decision.id, N_("“%(column)s” is never %(value)s: it is one of %(known)s."), f"row:{row}",
                column=column, value=Value(value), known=Values(domain),
            )  # fmt: skip
        return like

    # ---- rows

    def _rows(self, file: str, table: Table, *, holes: bool) -> None:
        decision = table.decision
        taken: set[int] = set()
        fit: set[int] = set()
        overlap: dict[tuple[int, int], Tried] = {}
        hole: list[Tried] = []
        for tried in table.tries():
            numbers = [rule.number for rule in tried.rows]
            fit.update(numbers)
            taken.update(numbers[:1] if decision.hit_policy == "FIRST" else numbers)
            if not numbers:
                hole.append(tried)
            elif len(numbers) > 1 and decision.hit_policy == "UNIQUE":
                overlap.setdefault((numbers[0], numbers[1]), tried)
        for (first, second), tried in overlap.items():
            self.complaints.say(
                file, decision.id, N_("Row %(other)s applies, too, when %(case)s: in a UNIQUE table only one may."),
                f"row:{second}", other=first, case=self._case(table, tried, []),
            )  # fmt: skip
        for rule in decision.rules:
            if rule.number not in taken and not self._told(file, decision, rule.number):
                message = N_("This row is never taken: the rows before it take every case.")
                if rule.number not in fit:
                    message = N_("This row never applies: no case has these values.")
                self.complaints.warn(file, decision.id, message, f"row:{rule.number}")
        if hole and holes and decision.hit_policy != "COLLECT":
            self.complaints.warn(
                file, decision.id, N_("There is no row for the case that %(case)s: the table then answers "
                                      "nothing (None)."),
                case=self._case(table, hole[0], hole),
            )  # fmt: skip

    def _told(self, file: str, decision: Decision, row: int) -> bool:
        place = (file, decision.id, f"row:{row}")
        return any(problem.place == place for problem in self.complaints.problems)

    def _case(self, table: Table, tried: Tried, alike: list[Tried]) -> Case:
        """The values that matter. `alike`: all combinations of which the same is said."""
        facts = []
        same = {each.values for each in alike}
        for place, column in enumerate(table.columns):
            others = {(*tried.values[:place], point, *tried.values[place + 1 :]) for point in column.points}
            if not (same and others <= same) and len(column.points) > 1:
                facts.append((column.label, tried.values[place]))
        columns = zip(table.columns, tried.values, strict=True)
        return Case(tuple(facts) or tuple((column.label, value) for column, value in columns))

    # ---- fees

    def _fee(self, file: str, decision: Decision, fee: Fee, domains: dict[str, Domain], *, holes: bool) -> None:
        """For every case that raises the fee: one amount in whole yen, and a rate."""
        places = [each for each in self.package.elements.values() if each.properties.get("invoice") == fee.id]
        states = [self.following.entry[each.id] for each in places if each.id in self.following.entry]
        if not states:
            return
        here = dict.fromkeys(domains, NOTHING)
        for state in states:
            here = {name: join(domain, state.of(name)) for name, domain in here.items()}
        table = Table(decision, {**here, WITH_FEE: one(fee.id)})
        if not table.whole:
            return
        tries = list(table.tries())
        hole = [tried for tried in tries if not tried.rows]
        if hole and holes:
            known = Named(fee.id, fee.title)
            if len(hole) == len(tries):
                message = N_("No row gives the amount of %(fee)s: the invoice cannot be raised, and the step fails.")
                self.complaints.say(file, decision.id, message, fee=known)
            else:
                self.complaints.say(
                    file, decision.id, N_("No row gives the amount of %(fee)s when %(case)s: the invoice cannot be "
                    "raised, and the step fails."), fee=known, case=self._case(table, hole[0], hole),
                )  # fmt: skip
        rows = {tried.rows[0].number: tried for tried in tries if tried.rows}
        for row, tried in rows.items():
            self._amount(file, table, fee, row, tried)

    def _amount(self, file: str, table: Table, fee: Fee, row: int, tried: Tried) -> None:
        answer: dict[str, Any] = {}
        for output, cell in zip(table.decision.outputs, tried.rows[0].outputs, strict=True):
            if cell is not None and cell.names() - table.names(tried.values).keys():
                return  # worked out from what is known when the case runs
            answer[output.name] = cell.evaluate(table.names(tried.values)) if cell is not None else None
        known, amount, rate = Named(fee.id, fee.title), answer.get("amount"), answer.get("tax_rate", 0)
        if amount is None or not _whole(amount) or amount < 0:
            self.complaints.say(
                file, table.decision.id, N_("The amount of %(fee)s must be a whole number of yen, 0 or more, without "
                "quotes or commas; here it is %(value)s."), f"row:{row}", fee=known, value=_value(amount),
            )  # fmt: skip
        if rate is not None and (not _whole(rate) or not 0 <= rate <= MAX_RATE):
            self.complaints.say(
                file, table.decision.id, N_("The tax rate of %(fee)s must be a whole number of percent from 0 to 100; "
                "here it is %(value)s."), f"row:{row}", fee=known, value=_value(rate),
            )  # fmt: skip


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _value(value: object) -> Value:
    return Value(next(iter(one(value).known), ("text", str(value))))


def _constants(node: tuple[object, ...]) -> Iterator[Known]:
    match node:
        case ("lit", literal):
            yield from one(literal).known
        case ("num", str() as figure):
            yield ("number", Decimal(figure))
