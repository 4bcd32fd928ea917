"""A demo and a real portal never share their data: in a demo everybody is administrator, and its mails are for all."""

from __future__ import annotations

from app.errors import Refused
from app.store import accounts, database
from config.settings import Settings, demo_secrets_of


@database.connection()
def require_no_real_accounts(settings: Settings) -> None:
    """Raise Refused for a demo over data that no demo has made."""
    if not demo_secrets_of(settings).exists() and accounts.any_at_all():
        raise Refused(
            "%(folder)s holds accounts of a real portal, and in a demo everybody could use them. Switch the demo off, "
            "or name another folder (NINTEI_DATA_DIR) and database for it",
            folder=settings.data_dir,
        )


@database.connection()
def require_no_demo(settings: Settings) -> None:
    """Raise Refused for a real portal over the data of a demo, whose accounts have a password that everybody knows."""
    if not settings.demo and demo_secrets_of(settings).exists() and accounts.any_at_all():
        raise Refused(
            "%(folder)s holds a demo, whose accounts have a password that everybody knows. Name another folder "
            "(NINTEI_DATA_DIR) for the real portal; `nintei demo-reset` throws the demo away",
            folder=settings.data_dir,
        )
