"""One portal as people run it, with its mail server, clock file and staff; killed and started as a test likes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

from app.services.base.businessdays import JAPAN
from config.clock import set_clock_file
from tests.flow.driver import Operator, Vendor
from tests.flow.records import Records
from tests.flow.visitor import Page, Visitor
from tests.support import server as servers
from tests.support.mail import Mailbox
from tests.support.network import free_port, wait_until

SECRET = "a secret of the tests, long enough"
STAFF_PASSWORD = "a password for tests"
MONDAY = datetime(2026, 6, 1, 10, 0, tzinfo=JAPAN)


class Clock:
    """Time runs, shifted: what is left until a mail is tried again passes, and a year can go by."""

    def __init__(self, file: Path, moment: datetime = MONDAY) -> None:
        self.file = file
        self.shift = timedelta(0)
        self.set(moment)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.shift

    def set(self, moment: datetime) -> None:
        """It is this moment now, and time goes on."""
        self.shift = moment - datetime.now(UTC)
        seconds = round(self.shift.total_seconds())
        set_clock_file(self.file, f"{'-' if seconds < 0 else '+'}{abs(seconds)}s")

    def ahead(self, **by: float) -> None:
        """`ahead(days=30)`."""
        self.set(self.now() + timedelta(**by))

    def today(self) -> str:
        return self.now().astimezone(JAPAN).date().isoformat()

    def go_to(self, day: str, hour: int = 9) -> None:
        """To this hour of a day in Japan, if it is not past."""
        wanted = datetime.fromisoformat(day).replace(hour=hour, tzinfo=JAPAN)
        self.set(max(wanted, self.now()))


class Place:
    """A folder with a portal in it."""

    def __init__(self, folder: Path, mailbox: Mailbox, **settings: str) -> None:
        self.folder = folder
        self.mailbox = mailbox
        self.data = folder / "data"
        self.clock = Clock(folder / "clock.txt")
        self.records = Records(self.data / "nintei.db")
        self.pages: list[Page] = []
        self.environment = servers.settings_for(
            folder,
            free_port(),
            mail_url=mailbox.url,
            clock_file=str(folder / "clock.txt"),
            secret_key=SECRET,
            card_key=SECRET[::-1],
            **settings,
        )
        self.url = self.environment["NINTEI_BASE_URL"]
        self.server: servers.Server | None = None

    # The process

    def start(self) -> Place:
        self.server = servers.start(["run"], self.environment, self.folder / "nintei.log", self.url)
        self.server.wait_ready()
        return self

    def stop(self) -> None:
        if self.server is not None:
            self.server.stop()
            self.server = None

    def kill(self) -> None:
        """End web and workers in the middle of whatever they do, as a power cut would."""
        assert self.server is not None
        self.server.kill()
        self.server = None

    def command(self, *arguments: str) -> str:
        """What `nintei <arguments>` prints."""
        done = servers.command(arguments, servers.inherited(self.environment))
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def said(self) -> str:
        """What the processes logged."""
        with suppress(FileNotFoundError):
            return (self.folder / "nintei.log").read_text(encoding="utf-8", errors="replace")
        return ""

    # The people

    def visitor(self) -> Visitor:
        """Somebody whom the portal does not know yet. Every page is held to the rules of all pages."""
        return Visitor(self.url, self._see)

    def _see(self, page: Page) -> None:
        assert page.status < 500, f"{page!r}\n{page.text[:2000]}\n{self.said()[-4000:]}"
        if page.is_html:
            assert page.unlabelled() == [], f"inputs without a label on {page!r}: {page.unlabelled()}"

    def vendor(self, email: str) -> Vendor:
        return Vendor(self.visitor(), self.records, self.clock, email)

    def operator(self, email: str, password: str = STAFF_PASSWORD) -> Operator:
        person = Operator(self.visitor(), self.records, self.clock, email)
        person.sign_in(password)
        return person

    # The mail

    @contextmanager
    def mail_server_down(self) -> Iterator[None]:
        """Nobody listens at the mail server's port meanwhile."""
        self.mailbox.close()
        try:
            yield
        finally:
            self.mailbox.listen()

    def mails_to(self, email: str) -> list[EmailMessage]:
        """What arrived for one address, oldest first."""
        pairs = zip(self.mailbox.messages, self.mailbox.recipients, strict=False)
        return [message for message, recipients in pairs if email in recipients]

    def mail_ids_to(self, email: str, among: Iterable[str] | None = None) -> list[str]:
        ids = [str(message["X-Nintei-Mail"]) for message in self.mails_to(email)]
        wanted = None if among is None else set(among)
        return [each for each in ids if wanted is None or each in wanted]

    def wait_for_mail(self, email: str, mail_id: str, nth: int = 1, seconds: float = 60) -> EmailMessage:
        """The nth mail of this id to this address."""

        def found() -> list[EmailMessage]:
            return [each for each in self.mails_to(email) if each["X-Nintei-Mail"] == mail_id]

        try:
            wait_until(lambda: len(found()) >= nth, seconds, f"arrival of {mail_id} at {email}")
        except TimeoutError as error:
            raise TimeoutError(f"{error}; here are {self.mail_ids_to(email)}\n{self.said()[-3000:]}") from None
        return found()[nth - 1]
