"""Key components: a key in two halves of full length, joined by XOR, each with its own check value and
its own keeper.

Two people each hold one; neither learns anything about the key. The KCV on the letter tells a typing
error from a wrong letter.
"""

from __future__ import annotations

from hardware.crypto import BLOCK, Key, same, xor
from hardware.errors import BadComponent


class Component(Key):
    """One half. Behaves like a key that does not print itself."""

    __slots__ = ()

    def __init__(self, value: bytes) -> None:
        if len(value) != BLOCK:
            raise BadComponent("A component has 32 hexadecimal digits")
        super().__init__(value)

    @property
    def text(self) -> str:
        """As printed on a letter: eight groups of four digits."""
        digits = self.reveal().hex().upper()
        return " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))


def new_component() -> Component:
    """Sixteen bytes from the system's random source."""
    return Component(Key.random().reveal())


def parse_component(text: str, kcv: str = "") -> Component:
    """Read what a person typed; spaces and hyphens do not matter. With `kcv` (6 hex digits of the letter)
    typing errors are found.
    """
    digits = "".join(text.split()).replace("-", "")
    try:
        component = Component(bytes.fromhex(digits))
    except ValueError as error:
        raise BadComponent("A component has 32 hexadecimal digits") from error
    if kcv and component.kcv.hex().upper() != "".join(kcv.split()).upper():
        raise BadComponent("The check value does not fit: look for a typing error")
    return component


def combine(first: Component, second: Component) -> Key:
    """The key. Two equal components, which would make a key of zeros, are refused: one letter was typed twice."""
    if same(first.reveal(), second.reveal()):
        raise BadComponent("Both components are the same: one letter was entered twice")
    return Key(xor(first.reveal(), second.reveal()))


def split(key: Key) -> tuple[Component, Component]:
    """Two components of a 16-byte key, fresh each time."""
    first = new_component()
    return first, Component(xor(first.reveal(), key.reveal()))
