"""A company is the one of its corporate number once the body has seen that it is, and not because somebody typed it.

Which of the companies that are there are proved is decided from their rows: one of their **own** cases holds a
certificate, or an answer of the body on it says `outcome` = `passed` (so do the reviews of version 1; whatever passes
later, passes after them). Every other company is provisional, until a review, a certificate or the body by hand proves
it. A case that came to a company because its manager said yes is no case of its own, for that manager may have been
nobody: where the company is not proved by others, such a case gets a company of its own again, proved by the same
rule, its people alone see it, and the body is asked whether the two are one. Questions that wait for the managers of a
company that is not proved wait for the body, and are no longer in the timeline that the applicant reads; applicants
who wait for an answer have a provisional company of their own, as everybody has now.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from peewee import CharField, DateTimeField
from playhouse.migrate import SchemaMigrator


def up(migrator: SchemaMigrator, db: Any) -> None:
    """Columns and indexes, then the rows."""
    migrator.migrate(
        migrator.add_column("company", "proved_at", DateTimeField(null=True)),
        migrator.add_column("company", "proved_by", CharField(max_length=120, default="")),
        migrator.add_column("company", "proved_task", CharField(max_length=40, default="")),
        migrator.drop_index("company", "company_corporate_number"),
        migrator.add_index("company", ("corporate_number",)),
        migrator.add_column("claim", "asks", CharField(max_length=10, default="managers")),
        migrator.add_index("claim", ("asks", "state")),
    )
    _Rows(db).settle()
    db.execute_sql(
        "CREATE UNIQUE INDEX company_proved_number ON company (corporate_number) WHERE proved_at IS NOT NULL"
    )


_Proof = tuple[Any, str]  # when, and by whom


class _Rows:
    """The rows of companies, cases and claims, by plain SQL."""

    def __init__(self, db: Any) -> None:
        self._db = db
        self._now = datetime.now(UTC).replace(tzinfo=None).isoformat(sep=" ")

    def _all(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        return list(self._db.execute_sql(sql.replace("?", self._db.param), values).fetchall())

    def _do(self, sql: str, *values: Any) -> None:
        self._db.execute_sql(sql.replace("?", self._db.param), values)

    def settle(self) -> None:
        proofs = self._proofs()
        let_in = {case: claim for claim, case in self._all(
            'SELECT c.id, c.case_id FROM claim c JOIN "case" k ON k.id = c.case_id '
            "WHERE c.state = 'admitted' AND k.company_id = c.company_id ORDER BY c.id")}  # fmt: skip
        unproved = []
        for (company,) in self._all("SELECT id FROM company ORDER BY id"):
            cases = [row[0] for row in self._all('SELECT id FROM "case" WHERE company_id = ? ORDER BY id', company)]
            proof = next((proofs[case] for case in cases if case in proofs and case not in let_in), None)
            if proof is not None:
                self._prove(company, proof)
            else:
                unproved.append((company, [case for case in cases if case in let_in]))
        for company, cases in unproved:
            for case in cases:
                self._apart(company, case, let_in[case], proofs.get(case))
        self._waiting({company for company, _ in unproved})

    def _proofs(self) -> dict[int, _Proof]:
        """By case: its certificate, else the first answer of the body that passed it."""
        found: dict[int, _Proof] = {}
        for case, at in self._all("SELECT case_id, certified_on FROM certificate ORDER BY id"):
            found.setdefault(case, (f"{at} 00:00:00", ""))
        answers = "SELECT case_id, at, by_name, \"values\" FROM answer WHERE side = 'operator' ORDER BY at, id"
        for case, at, by, values in self._all(answers):
            said = json.loads(values or "{}")
            if isinstance(said, dict) and said.get("outcome") == "passed":
                found.setdefault(case, (at, by or ""))
        return found

    def _prove(self, company: int, proof: _Proof) -> None:
        self._do("UPDATE company SET proved_at = ?, proved_by = ? WHERE id = ?", *proof, company)

    def _own_company(self, case: int, number: str, first: int | None) -> int:
        """A company for the case's people alone; its manager is who applied."""
        ((name,),) = self._all('SELECT company_name FROM "case" WHERE id = ?', case)
        self._do("INSERT INTO company (corporate_number, name, kana, created_at, proved_by, proved_task) "
                 "VALUES (?, ?, '', ?, '', '')", number, name, self._now)  # fmt: skip
        ((company,),) = self._all("SELECT MAX(id) FROM company")
        self._do('UPDATE "case" SET company_id = ? WHERE id = ?', company, case)
        people = self._all(
            "SELECT user_id, rights FROM member WHERE case_id = ? AND mandate_id IS NULL ORDER BY id", case
        )
        manager = first or next((user for user, rights in people if rights == "full"), None)
        for user in dict.fromkeys([*([manager] if manager else []), *(user for user, _ in people)]):
            role = "manager" if user == manager else "member"
            self._do("INSERT INTO company_person (company_id, user_id, role, added_at, added_by) "
                     "VALUES (?, ?, ?, ?, '')", company, user, role, self._now)  # fmt: skip
        return int(company)

    def _apart(self, old: int, case: int, claim: int, proof: _Proof | None) -> None:
        """A case that a manager without proof let in goes its own way again; the body says whether the two are one."""
        ((number, user),) = self._all("SELECT o.corporate_number, c.user_id FROM claim c JOIN company o "
                                      "ON o.id = c.company_id WHERE c.id = ?", claim)  # fmt: skip
        self._do("UPDATE claim SET state = 'void' WHERE id = ?", claim)
        self._do("DELETE FROM member WHERE case_id = ? AND mandate_id IN (SELECT id FROM mandate WHERE company_id = ?)",
                 case, old)  # fmt: skip
        self._do("DELETE FROM member WHERE case_id = ? AND added_by = '' AND mandate_id IS NULL "
                 "AND user_id IN (SELECT user_id FROM company_person WHERE company_id = ?) "
                 "AND user_id <> COALESCE(?, 0) "
                 'AND user_id NOT IN (SELECT u.id FROM "user" u JOIN "case" k ON k.email = u.email WHERE k.id = ?)',
                 case, old, user, case)  # fmt: skip
        own = self._own_company(case, number, user)
        # Who came to the old company by this claim alone has nothing there any more.
        self._do("DELETE FROM company_person WHERE company_id = ? AND role = 'member' AND user_id IN "
                 "(SELECT user_id FROM company_person WHERE company_id = ?) AND user_id NOT IN (SELECT m.user_id "
                 'FROM member m JOIN "case" k ON k.id = m.case_id WHERE k.company_id = ?)', old, own, old)  # fmt: skip
        if proof is not None and not self._all(
            "SELECT id FROM company WHERE corporate_number = ? AND proved_at IS NOT NULL", number
        ):
            self._prove(own, proof)
            rest = self._all('SELECT id FROM "case" WHERE company_id = ? ORDER BY id LIMIT 1', old)
            first = self._all("SELECT user_id FROM company_person WHERE company_id = ? AND role = 'manager' "
                              "ORDER BY id LIMIT 1", old)  # fmt: skip
            if rest:
                self._ask(own, rest[0][0], first[0][0] if first else None)
        else:
            self._ask(old, case, user)

    def _ask(self, company: int, case: int, user: int | None) -> None:
        self._do("INSERT INTO claim (company_id, case_id, user_id, asks, state, asked_at, answered_by, reason) "
                 "VALUES (?, ?, ?, 'body', 'asked', ?, '', '')", company, case, user, self._now)  # fmt: skip

    def _waiting(self, unproved: set[int]) -> None:
        """Questions that are open: whose they are, and a company for each applicant who waits."""
        asked = self._all(
            "SELECT c.id, c.company_id, c.case_id, c.user_id, o.corporate_number FROM claim c "
            "JOIN company o ON o.id = c.company_id WHERE c.state = 'asked' ORDER BY c.id"
        )
        for claim, company, case, user, number in asked:
            if company in unproved:
                self._do("UPDATE claim SET asks = 'body' WHERE id = ?", claim)
            ((own,),) = self._all('SELECT company_id FROM "case" WHERE id = ?', case)
            if own is None:
                self._own_company(case, number, user)
        self._do("UPDATE entry SET audience = 'operator' WHERE kind = 'company' AND text = 'asked'")
