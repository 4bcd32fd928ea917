"""What `nintei card …` knows of this portal: cards, reader, what guards the keys, where changes to them are noted."""

from __future__ import annotations

import click

from app.cli.wiring import Wiring
from app.services.cards import keys
from config.settings import demo_secrets_of, with_demo_secrets
from hardware.cli import CardDefaults


def card_defaults(wiring: Wiring) -> CardDefaults:
    """The cards, reader and keys that the portal's own desk uses; those of a demo where there is one."""
    settings = wiring.settings()
    if settings.demo or demo_secrets_of(settings).exists():
        settings = with_demo_secrets(settings)

    def record(act: str, what: str, who: str, text: str) -> None:
        keys.note_by_command(wiring.portal(), act, what, who, text)

    if settings.files:  # the keys of all machines, brought here for as long as the command lasts
        click.get_current_context().with_resource(keys.held(settings))
    return CardDefaults(settings.data_dir / keys.FOLDER, settings.card_reader, keys.guards(settings), record=record)
