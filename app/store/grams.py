"""What an even text is found by, as numbers: every three letters that stand beside each other, and long numbers whole.

Three letters are one number (21 bits each), zero behind the end: a word of one or two letters is a range of numbers.
Letters of a name differ, figures are but ten: many thousand cases have any three of them. So each figure that others
follow has one more number, behind those of all letters there can be: this figure with those behind it. What begins with
some of them is a range again.
"""

from __future__ import annotations

import re

BREAK = "\n"  # between the parts of a text
_BITS = 21
_FIGURES = 0x110000 << 2 * _BITS  # behind the last three letters
_BASE = 11  # ten figures, and none
_LEAST = 4  # figures: of fewer the letters say as much
_MOST = 17  # for as many there is room
_NUMBER = re.compile(f"[0-9]{{{_LEAST},}}")


def grams(text: str) -> set[int]:
    """The numbers of an even text."""
    found = set()
    for part in text.split(BREAK):
        codes = [*map(ord, part), 0, 0]
        for at in range(len(codes) - 2):
            found.add(codes[at] << 2 * _BITS | codes[at + 1] << _BITS | codes[at + 2])
        for number in _NUMBER.findall(part):
            found.update(_figures(number[at : at + _MOST]) for at in range(len(number) - _LEAST + 1))
    return found


def ranges(word: str) -> list[tuple[int, int]]:
    """The numbers of which a text that has this even word has each, (first, last) of those that would do: long numbers
    first, then letters from the word's end."""
    codes = [ord(letter) for letter in word]
    if len(codes) >= 3:
        every = [codes[at] << 2 * _BITS | codes[at + 1] << _BITS | codes[at + 2] for at in range(len(codes) - 2)]
        return [*_long(word), *((gram, gram) for gram in [*dict.fromkeys(every)][::-1])]
    start, free = 0, (3 - len(codes)) * _BITS
    for code in codes:
        start = start << _BITS | code
    return [(start << free, (start + 1 << free) - 1)]


def _long(word: str) -> list[tuple[int, int]]:
    """Of each number of a word; in the text more figures may follow on one that ends it."""
    found = []
    for number in _NUMBER.finditer(word):
        figures = number[0][:_MOST]
        more = _BASE ** (_MOST - len(figures)) - 1 if number.end() == len(word) else 0
        found.append((_figures(figures), _figures(figures) + more))
    return found


def _figures(figures: str) -> int:
    """The number of so many figures: in the order of what they spell, and of fewer before more."""
    found = 0
    for each in figures:
        found = found * _BASE + int(each) + 1
    return _FIGURES + found * _BASE ** (_MOST - len(figures))
