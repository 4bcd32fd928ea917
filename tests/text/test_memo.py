"""What was read of a text is kept within bounds, where somebody wants that."""

from __future__ import annotations

import pytest

from app.text.memo import Memo, remembered
from tests.planted.support import SHIPPED, planted, said


class Counted:
    """Gives another number each time."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> int:
        self.times += 1
        return self.times


@pytest.fixture
def made() -> Counted:
    return Counted()


def test_what_was_made_is_given_again_for_the_same_text_alone(made: Counted) -> None:
    with Memo(100).used():
        assert [remembered("file", key, 1, made) for key in ("a", "b", "a")] == [1, 2, 1]
        assert remembered("other", "a", 1, made) == 3


def test_each_memo_knows_its_own(made: Counted) -> None:
    with Memo(100).used():
        remembered("file", "a", 1, made)
        with Memo(100).used():
            assert remembered("file", "a", 1, made) == 2
        assert remembered("file", "a", 1, made) == 1


def test_what_was_used_longest_ago_makes_room(made: Counted) -> None:
    memo = Memo(10)
    with memo.used():
        for key in ("a", "b"):
            remembered("file", key, 5, made)
        remembered("file", "a", 5, made)
        remembered("file", "c", 5, made)
        assert memo.weight == 10
        assert (remembered("file", "a", 5, made), remembered("file", "b", 5, made)) == (1, 4)


def test_what_is_too_heavy_is_not_kept(made: Counted) -> None:
    memo = Memo(10)
    with memo.used():
        assert [remembered("file", "a", 11, made) for _ in range(2)] == [1, 2]
    assert memo.weight == 0


def test_what_failed_is_tried_again(made: Counted) -> None:
    def fails() -> int:
        raise OSError

    with Memo(10).used():
        with pytest.raises(OSError):
            remembered("file", "a", 1, fails)
        assert remembered("file", "a", 1, made) == 1


def test_a_package_of_which_one_file_changed_is_told_what_it_is_told_when_all_is_read_anew() -> None:
    """Twice over, so that what is remembered of the one is there while the other is looked at."""
    edits = [
        {},
        {"certification.bpmn": lambda text: text.replace('name="', 'name="よ', 3)},
        {"fees.dmn": "<definitions/>"},
    ]
    packages = [planted(SHIPPED, edit) for edit in edits]
    anew = []
    for files in packages:
        with Memo(0).used():
            anew.append(said(files))
    assert anew[1] != anew[0] != anew[2]
    with Memo(64 * 1024 * 1024).used():
        assert [said(files) for files in (*packages, *reversed(packages))] == [*anew, *reversed(anew)]
