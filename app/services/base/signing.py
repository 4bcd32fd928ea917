"""With which key the portal signs."""

from __future__ import annotations

from app.catalogue.model import Package
from app.connectors import signature
from app.connectors.signature import SigningKey
from app.services.base.portal import Portal
from app.services.base.releases import settings_of
from app.store import database, places
from app.store.objects.sealing import Sealing
from config.settings import Settings


def body(package: Package) -> str:
    """The name of the body, as the package's settings have it."""
    return str(settings_of(package).get("body", {}).get("name", "Nintei"))


def key_of(settings: Settings, subject: str) -> SigningKey:
    """The body's own pair, as settings name it; else one that is made on first use in the name of `subject`, kept in
    the data folder (or the bucket that all machines share), readable by the portal alone."""
    if settings.signing_key is not None and settings.signing_certificate is not None:
        return signature.of_body(settings.signing_key, settings.signing_certificate)
    with places.folders(settings).opened("signing") as folder:
        return signature.kept(folder, subject, sealing(settings))


def sealing(settings: Settings) -> Sealing:
    """What the key lies under: the first of the sealing keys, else the secret key."""
    return Sealing((*settings.sealing_keys, settings.secret_key), b"nintei signing key v1")


def reseal(settings: Settings) -> int:
    """Seal the portal's own key under the first key of the settings; gives how many files. Raises Permanent."""
    with places.folders(settings).opened("signing") as folder:
        return signature.reseal(folder, sealing(settings)) if folder.exists() else 0


def key(portal: Portal) -> SigningKey | None:
    """The same for what is of no case; none before the first release, which says whose name it bears."""
    with database.connection():
        for loaded in portal.releases.all_current():
            return key_of(portal.settings, body(loaded.package))
    return None
