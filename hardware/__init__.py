"""Smart cards: a small library that imports nothing of the portal, so it also runs alone at the desk that
has the reader.

What the portal uses (all facts frozen, secrets never in a repr)::

    keys = KeyStore.embedded(folder)  # or KeyStore.open(path, SecretGuard(derive_kek(secret)))
    rack = VirtualRack(folder)  # the default where there is no reader
    rack.insert_blank()  # a VirtualCard, which is a Transport; also rack.insert(serial), rack.eject(), rack.cards()
    desk = Desk(rack.connect, keys, journal=ledger)  # or Desk(pcsc.connector(reader_name), keys, …)

    facts = desk.identify()  # CardFacts(reader, atr, uid, profile, serial, life_cycle, key_versions, …)
    desk.offers()  # the Acts that can truly be done now, best first
    receipt = desk.personalise(Plan(serial, worker_id, test_data), progress)
    lent = Expected(serial, facts.uid, receipt.data_tag)
    desk.verify(lent)  # a Receipt, as each of the other acts gives one; a Plan can be verified, too

    cards = [LentCard(serial, facts.uid, receipt.key_version)]
    issue = make_key_file(cards, keys, vendor=vendor, reference=case, issued=now, expires=last_day)
    issue.text, issue.letters  # the file, and two ComponentLetters for two envelopes

    desk.return_check(lent, then=Act.WIPE)  # ReturnReport(checks, verdict, receipt)
    desk.wipe(lent)  # or desk.rotate(version, lent): the keys of another version, the same data

`progress(Progress(step, done, total))` is called before each step. `Journal` is the port to a ledger:
`intend(Intent)` before the first write, `confirm(Intent, Receipt)` after reading back. All errors are
`CardError` with `message`, `params`, `code` (hardware.errors); StatusError adds `sw` and `retries`. After
CardRemoved call the same act again: it looks first and does what is missing.

`hardware.pcsc` alone imports pyscard, and only when first used; `hardware.cli.card` is the click group `card`.
"""

from hardware.desk import Desk
from hardware.errors import CardError
from hardware.facts import (
    Act,
    CardFacts,
    Check,
    LifeCycle,
    Plan,
    Progress,
    ProgressCallback,
    Receipt,
    ReturnReport,
    Role,
)
from hardware.journal import FileJournal, Intent, Journal, MemoryJournal
from hardware.keys import (
    ComponentLetter,
    KeyFileIssue,
    KeyGuard,
    KeyStore,
    LentCard,
    SecretGuard,
    TokenGuard,
    derive_kek,
    make_key_file,
    open_key_file,
)
from hardware.sight import Expected
from hardware.transport import TRAFFIC, Transport
from hardware.virtual import VirtualRack

__all__ = [
    "TRAFFIC",
    "Act",
    "CardError",
    "CardFacts",
    "Check",
    "ComponentLetter",
    "Desk",
    "Expected",
    "FileJournal",
    "Intent",
    "Journal",
    "KeyFileIssue",
    "KeyGuard",
    "KeyStore",
    "LentCard",
    "LifeCycle",
    "MemoryJournal",
    "Plan",
    "Progress",
    "ProgressCallback",
    "Receipt",
    "ReturnReport",
    "Role",
    "SecretGuard",
    "TokenGuard",
    "Transport",
    "VirtualRack",
    "derive_kek",
    "make_key_file",
    "open_key_file",
]
