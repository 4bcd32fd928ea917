"""What `main` hands to the commands."""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.cli.patience import patiently
from app.services.base.portal import Portal
from app.services.base.releases import Releases
from config.settings import BadSettings, Settings, from_environment


@dataclass
class Wiring:
    """Opens the portal when a command first needs it."""

    open_portal: Callable[[Settings], Portal]
    open_releases: Callable[[], Releases]
    serve: Callable[[Portal, Sequence[socket.socket]], None]
    work: Callable[[Portal], None]
    make_web: Callable[[Portal], Any]
    main: Callable[[Sequence[str]], None]  # the command of these words, with a wiring of its own; ends the process
    sockets: Callable[[str, int], list[socket.socket]]  # bound to each address of a host, and a port
    overrides: dict[str, str] = field(default_factory=dict)
    _portal: Portal | None = None
    _releases: Releases | None = None

    def settings(self, *, serves: bool = False) -> Settings:
        """The settings of this process; ends with the list of what is wrong with them."""
        try:
            return from_environment(serves=serves, **self.overrides)
        except BadSettings as error:
            raise SystemExit(str(error)) from error

    def portal(self, *, serves: bool = False) -> Portal:
        """The open portal. Who serves waits for a database that is not there yet."""
        if self._portal is None:
            settings = self.settings(serves=serves)
            if serves:
                self._portal = patiently(lambda: self.open_portal(settings))
            else:
                self._portal = self.open_portal(settings)
        return self._portal

    def releases(self) -> Releases:
        """What checks packages: that of the portal when it is open, else one that needs neither settings nor tables."""
        if self._portal is not None:
            return self._portal.releases
        if self._releases is None:
            self._releases = self.open_releases()
        return self._releases

    def language(self) -> str:
        """The portal's language; "" where its settings cannot be used, which is not what the command is about."""
        try:
            return from_environment(serves=False, **self.overrides).language
        except BadSettings:
            return ""
