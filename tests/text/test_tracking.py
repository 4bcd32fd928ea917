"""Numbers of parcels are checked by their last digit, where they have one that is known."""

from __future__ import annotations

import pytest

from app.text.tracking import mistyped


@pytest.mark.parametrize("number", ["123456789013", "1234-5678-9013", "１２３４－５６７８－９０１３", "000000000000"])
def test_a_number_whose_last_digit_fits_is_taken(number: str) -> None:
    assert not mistyped(number)


@pytest.mark.parametrize("number", ["123456789012", "1234-5678-9041", "123456789015"])
def test_one_whose_last_digit_does_not_fit_is_mistyped(number: str) -> None:
    assert mistyped(number)


@pytest.mark.parametrize("number", ["", "1234-5678", "RR123456785JP", "12345678901", "1234567890123"])
def test_of_other_services_nothing_is_said(number: str) -> None:
    assert not mistyped(number)
