"""Cases are found by what a clerk has at hand: a name on the phone, a number on paper, in whatever way it is typed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

import pytest

from app.engine import Engine
from app.services.base import finding
from app.services.base.actors import Actor
from app.services.pages import casehead
from app.states import Side
from app.store import cases, database, invoices, saying, search
from app.store.grams import grams, ranges
from app.store.models import Case, CaseGram, CaseText, Task
from app.text.fold import VERSION, fold
from app.text.fold import words as fold_words
from tests.services.conftest import BPMN, Bench, open_bench
from tests.services.steps import case_of, go

STAFF = Actor(None, "担当", Side.OPERATOR, frozenset({"operator"}))
PROFILE = {
    "company_name": "株式会社葛󠄀城𠮷野建設",
    "company_kana": "カブシキガイシャカツラギヨシノケンセツ",
    "corporate_number": "1180301018771",
    "contact_name": "髙﨑 花子",
    "contact_kana": "タカサキ ハナコ",
    "phone": "03-5253-1111",
    "email": "hanako@example.co.jp",
    "invoice_number": "T1180301018771",
    "system_name": "入退場ゲート・プロ",
}


class World:
    """A case with a profile, an invoice and its company; another that has only just applied."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.case = go(bench, "confirm_initial_payment", answers={"company_profile": PROFILE}, application={
            "company_name": "㈱かつらぎ", "contact_name": "北野 一郎", "contact_kana": "キタノ イチロウ",
            "phone": "090-1234-5678", "email": "kitano@example.com", "system_name": "ゲートプロ",
        })  # fmt: skip
        with database.connection():
            self.invoice = str(invoices.of_case(case_of(self.case).id)[0].number)
        self.other = go(bench, "company_profile", application={
            "company_name": "別会社", "contact_name": "鈴木 次郎", "email": "suzuki@example.org",
            "system_name": "べつのもの", "phone": "06-0000-0000",
        })  # fmt: skip

    def found(self, text: str) -> set[str]:
        heads, total = casehead.heads(self.case.portal, STAFF, text=text)
        assert total == len(heads)
        return {head.number for head in heads}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> Iterator[World]:
    folder: Path = tmp_path_factory.mktemp("finding")
    if request.param == "sqlite":
        yield World(open_bench(folder, f"sqlite:///{folder}/nintei.db", engine, BPMN))
        return
    cluster = request.getfixturevalue("postgres_cluster")
    url = cluster.new_database()
    yield World(open_bench(folder, url, engine, BPMN))
    cluster.drop(url)


SAID = """
    北野 | きたの | ｷﾀﾉ | 髙﨑 | 高崎 花子 | タカサキ | かつらぎよしの | カブシキガイシャカツラギヨシノケンセツ
    1180301018771 | １１８０３０１０１８７７１ | 1180-3010-18771 | T1180301018771
    03-5253-1111 | 0352531111 | ０３（５２５３）１１１１ | 03‐5253‐1111 | 03−5253−1111 | 090-1234-5678
    ㈱葛城吉野 | （株）葛城 | 葛城 | 葛󠄀城 | 吉野 | 𠮷野 | 株式会社 吉野 | ゲート | げーとぷろ
    hanako@example.co.jp | kitano@example | ＨＡＮＡＫＯ
"""


@pytest.mark.parametrize("text", [each.strip() for each in SAID.replace("\n", "|").split("|") if each.strip()])
def test_a_case_is_found_by_what_is_known_of_it(world: World, text: str) -> None:
    assert world.found(text) == {world.case.number}


@pytest.mark.parametrize(
    "change", [str, str.lower, lambda each: each.replace("-", ""), lambda each: each.replace("-", "−")]
)
def test_a_case_is_found_by_its_own_number_and_by_its_invoices(world: World, change: object) -> None:
    assert callable(change)
    assert world.found(change(world.case.number)) == {world.case.number}
    assert world.found(change(world.invoice)) == {world.case.number}
    with database.connection():
        assert [row.number for row in invoices.in_state("open", change(world.invoice))] == [world.invoice]
        assert world.invoice in {row.number for row in invoices.in_state("open", "吉野")}


def test_signs_alone_and_what_nobody_is_called_find_nothing(world: World) -> None:
    for text in ("%", "-", "ー", "・", "ない名前", "03-5253-1111 鈴木"):
        assert world.found(text) == set()
    assert world.found("") == {world.case.number, world.other.number}


def test_what_other_rules_folded_is_folded_anew_bit_by_bit(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "SLICE", 1)
    case, other = case_of(world.case), case_of(world.other)
    with database.transaction():
        CaseGram.delete().execute()
        CaseText.update(text="その昔", fold=None).where(CaseText.case == case.id).execute()
        CaseText.delete().where(CaseText.case == other.id).execute()
        search.admit()
        CaseGram.insert_many([(gram, case.id) for gram in grams("その昔")], fields=["gram", "case"]).execute()
    assert finding.behind(world.bench.portal) == 2
    assert world.found("吉野") == set()
    assert [finding.mend(world.bench.portal) for _ in range(3)] == [1, 1, 0]
    assert finding.behind(world.bench.portal) == 0
    assert world.found("吉野") == {world.case.number}
    assert world.found("その昔") == set()
    assert world.found("鈴木") == {world.other.number}
    with database.connection():
        assert {row.fold for row in CaseText.select()} == {VERSION}
        assert Case.select().count() == CaseText.select().count()


def test_a_table_is_looked_through_alike(world: World) -> None:
    with database.connection():
        for text, count in (("葛城 吉野", 1), ("かつらぎ", 0), ("ゲート", 1), ("%", 0)):
            assert len(saying.rows_said(Case, (Case.company_name, Case.system_name), text)) == count, text


MADE_UP = "anu bel dor ix olm qua"  # syllables: many names share them, few have two beside each other


class Undone(Exception):
    """What a test has stored is taken back."""


def add_many(world: World, names: Random) -> dict[str, tuple[str, str]]:
    """Further cases and their tasks: (what the case is found by, title) of each task, by its id."""
    syllables = MADE_UP.split()
    like, task = case_of(world.case), Task.select().first()

    def name() -> str:
        return "".join(names.choices(syllables, k=names.randint(1, 4)))

    def numbered() -> str:
        return "".join(f"{name()}{''.join(names.choices('0159', k=names.randint(0, 20)))}" for _ in range(2))

    titles, made = [name() for _ in range(8)], {}
    for n in range(60):
        case = cases.create(**{**like.__data__, "id": None, "apply_key": None, "number": f"5999-{n:04d}",
                               "company_name": name(), "system_name": numbered()})  # fmt: skip
        text = CaseText.get_by_id(case.id).text
        for at in range(names.randint(0, 3)):
            title = names.choice(titles)
            Task.create(**{**task.__data__, "id": f"made-{n}-{at}", "case": case.id, "title": title})
            made[f"made-{n}-{at}"] = (text, fold(title))
    return made


@pytest.mark.parametrize("most", [3, 20, 100_000], ids=["all are many", "some are many", "all are few"])
def test_what_is_found_is_what_looking_through_all_finds(
    world: World, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    """Whether the words are looked up by the index or asked of each row in the order of the list."""
    for module, name in ((search, "_FEW"), (search, "_RARE"), (saying, "_FEW")):
        monkeypatch.setattr(module, name, most)
    monkeypatch.setattr(search, "_FIRST", 3)
    monkeypatch.setattr(search, "_WORTH", most)
    names = Random(11)
    asked = [*MADE_UP.split(), "anubel", "dorix qua", "5999", "5999-0007", "0007 anu", "x", "ub", "olm bel dor",
             "nobody", "anuanuanu", "5999 quaquabel", "anu nobody"]  # fmt: skip
    with pytest.raises(Undone), database.transaction():
        made = add_many(world, names)
        every = {row.case_id: row.text for row in CaseText.select()}
        for part in names.choices([part for text in every.values() for part in text.split("\n") if part], k=20):
            asked.append(part[(at := names.randrange(len(part))) : at + names.randint(1, 22)])
        asked += ["".join(names.choices("0159", k=each % 9 + 1)) for each in range(9)]
        for text in asked:
            words = fold_words(text)
            wanted = {key for key, said in every.items() if all(word in said for word in words)}
            found = cases.search(text=text, limit=1000)
            assert {row.id for row in found} == wanted, text
            assert found == sorted(found, key=lambda row: (row.changed_at, row.id), reverse=True)
            assert cases.count(text=text) == len(wanted)
            assert cases.count(text=text, most=2) == min(len(wanted), 3)
            told = {key for key, said in made.items() if all(any(word in each for each in said) for word in words)}
            condition = saying.of_task(text)
            rows = Task.select(Task.id).where(condition & Task.id.startswith("made-")).order_by(Task.opened_at.desc())
            assert {row.id for row in rows} == told, text
        assert saying.of_task("-") is not None  # signs alone: nothing is called so
        assert Task.select().where(saying.of_task("-")).count() == 0
        raise Undone


def test_of_common_letters_those_are_looked_up_that_fewer_cases_have(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "_FIRST", 2)
    monkeypatch.setattr(search, "_RARE", 3)
    like = case_of(world.other)
    values = {name: value for name, value in like.__data__.items() if name not in {"id", "apply_key"}}
    with pytest.raises(Undone), database.transaction():
        for n in range(12):
            case = Case.create(**{**values, "number": f"2026-7{n:03d}"})
            CaseGram.insert_many(
                [(gram, case.id) for gram in grams("qzzz" if n % 4 == 0 else "zzz")],
                [CaseGram.gram, CaseGram.case],
            ).execute()
        found = search.word("qzzz")
        assert (found.first, found.last, found.postings) == (*ranges("qzz")[0], 3)
        raise Undone


def texts_read(words: Sequence[str]) -> int:
    """How many cases have their text looked at for such a search."""
    sql, values = search.with_every([search.word(fold(word)) for word in words])
    bound = database.proxy.obj
    if database.is_postgres():
        plan = bound.execute_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", values).fetchone()[0][0]["Plan"]
        assert plan["Relation Name"] == "case_text"
        return int(plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0))
    read: list[str] = []

    def looked(text: str, part: str) -> bool:
        read.append(text)
        return part in text

    bound.connection().create_function("looked", 2, looked)
    bound.execute_sql(sql.replace("instr(", "looked("), values).fetchall()
    return len(read)


def test_few_texts_are_read_for_a_number_and_for_letters_that_few_have_together(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Although any three of its figures stand beside each other in many cases, and so do its letters."""
    monkeypatch.setattr(search, "_FIRST", 5)
    like = case_of(world.other)
    names = [*(f"甲乙丙{n}" for n in range(20)), *(f"{n}乙丙丁" for n in range(20)), "甲乙丙丁"]
    with pytest.raises(Undone), database.transaction():
        for n in range(300):
            cases.create(**{**like.__data__, "id": None, "apply_key": None, "number": f"6999-{n:05d}77",
                            "company_name": names[n] if n < len(names) else "別", "system_name": "別"})  # fmt: skip
        if database.is_postgres():  # it reads a table of so few as it lies
            database.proxy.obj.execute_sql("SET LOCAL enable_seqscan = off")
        for number in ("6999-0001777", "0001777", "9990001777", "６９９９−０００２０７７"):
            assert search.word(fold(number)).postings == texts_read([number]) == 1, number
        letters = [each for each in ranges("0001777") if each[0] == each[1]]
        assert all(count < 0 for count in search._counts(letters, 9)), "nine cases and more have any three of them"
        assert search.word("甲乙丙丁").postings == 21
        assert texts_read(["甲乙丙丁"]) == 1
        assert texts_read(["甲乙丙"]) == 21
        for short, many in (("丙丁", 21), ("乙丙", 41)):  # whole when few of the index's rows are not enough
            first, whole = search.postings(search.word(short), 9)
            counts = [f"SELECT COUNT(*) FROM {table} AS found" for table, _ in (first, whole)]
            found = [database.proxy.obj.execute_sql(sql, whole[1]).fetchone()[0] for sql in counts]
            assert found == [9, many], short
        raise Undone


def test_tasks_of_too_many_titles_are_looked_through_by_another_way(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saying, "_TITLES", 1)
    with database.connection():
        assert saying.of_task("anu") is None


def test_nothing_keeps_a_case_by_its_own_names_alone() -> None:
    """Whoever wrote the index past `finding` would lose what its answers say."""
    app = Path(__file__).parents[3] / "app"
    keeps = re.compile(r"search(_index)?\.keep\(")
    writers = {str(file.relative_to(app)) for file in app.rglob("*.py") if keeps.search(file.read_text())}
    assert writers == {"services/base/finding.py", "store/cases.py"}
