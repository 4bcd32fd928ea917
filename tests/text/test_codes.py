"""Codes that must be exact are looked at before they stand on an invoice."""

from __future__ import annotations

import pytest

from app.declarations.package import FORMATS
from app.text import codes


def test_each_format_that_a_package_may_name_is_known() -> None:
    assert set(codes.FORMATS) <= set(FORMATS)  # how the others are written is no code (`services.settings.checking`)


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("bank_code", "0005", "5"),
        ("branch_code", "００１", "1234"),
        ("account_number", "765-4321", "ABC"),
        ("account_number", "0000001", "12345678"),
        ("invoice_number", "T7000012050002", "T7000012050003"),
        ("invoice_number", "Ｔ７００００１２０５０００２", "トウロクナシ"),
        ("invoice_number", "t7000012050002", "7000012050002"),
    ],
)
def test_what_is_no_code_is_refused_and_a_code_is_kept_even(name: str, right: str, wrong: str) -> None:
    assert codes.unfit(name, right) == ""
    assert codes.unfit(name, wrong)
    assert codes.even(right).isascii()
