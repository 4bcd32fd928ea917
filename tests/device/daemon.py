"""A PC/SC daemon of the test's own, with vpcd's two virtual readers.

pcscd's socket has a fixed place and vpcd listens on every interface. So the daemon runs in a mount and a
network namespace of its own: its socket folder is one of ours, which libpcsclite finds by
PCSCLITE_CSOCK_NAME, and nobody but this process can reach vpcd's ports. Where namespaces are not allowed
(some containers), it runs in the open on free ports, if no other pcscd is there.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from hardware import pcsc
from hardware.errors import NoDaemon
from hardware.virtual import VpcdPlug
from hardware.virtual.vpcd import DEFAULT_PORT, Resettable

DRIVER = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so"
OPEN_FOLDER = Path("/run/pcscd")
_SIOCSIFFLAGS, _IFF_UP, _CLONE_NEWNET = 0x8914, 1, 0x40000000


@cache
def namespaces_allowed() -> bool:
    unshare = shutil.which("unshare")
    return unshare is not None and subprocess.run([unshare, "-m", "-n", "true"], capture_output=True).returncode == 0


class Daemon:
    """`start` and `kill` it; `plug(card, slot)` puts a virtual card into one of its two readers."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder if namespaces_allowed() else OPEN_FOLDER
        self.port = DEFAULT_PORT if namespaces_allowed() else _two_free_ports()
        self._config = folder / "config"
        self._config.mkdir(parents=True, exist_ok=True)
        address = f"0x{self.port:X}"
        lines = [
            'FRIENDLYNAME "Virtual PCD"',
            f"DEVICENAME /dev/null:{address}",
            f"LIBPATH {DRIVER}",
            f"CHANNELID {address}",
        ]
        (self._config / "vpcd").write_text("\n".join(lines) + "\n")
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def socket(self) -> Path:
        return self.folder / "pcscd.comm"

    def start(self) -> None:
        for left in (
            "pcscd.comm",
            "pcscd.pid",
        ):  # a killed daemon leaves them, and the next takes them for a running one
            if namespaces_allowed():
                (self.folder / left).unlink(missing_ok=True)
        # It ends with the tests even when they are killed.
        run = f"exec setpriv --pdeathsig TERM pcscd --foreground --config '{self._config}'"
        if namespaces_allowed():
            mounts = f"mount -t tmpfs tmpfs /run && mkdir /run/pcscd && mount --bind '{self.folder}' /run/pcscd"
            command = ["unshare", "-m", "-n", "sh", "-c", f"{mounts} && {run}"]
        else:
            self.folder.mkdir(exist_ok=True)
            assert not self.socket.exists(), "another pcscd is running"
            command = ["sh", "-c", run]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self._wait_until_ready()
        if namespaces_allowed():
            with self.network():
                _bring_loopback_up()

    def _wait_until_ready(self) -> None:
        assert self._process is not None
        for _ in range(200):
            assert self._process.poll() is None, "pcscd ended at once"
            try:
                if self.socket.exists() and len(pcsc.readers()) == 2:
                    return
            except NoDaemon:
                pass
            time.sleep(0.05)
        raise AssertionError("pcscd did not get ready")

    def kill(self, how: signal.Signals = signal.SIGTERM) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.send_signal(how)
            process.wait(10)

    @contextmanager
    def network(self) -> Iterator[None]:
        """Within: this thread's new sockets are in the daemon's network."""
        if not namespaces_allowed():
            yield
            return
        assert self._process is not None
        own = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        its = os.open(f"/proc/{self._process.pid}/ns/net", os.O_RDONLY)
        try:
            _setns(its)
            try:
                yield
            finally:
                _setns(own)
        finally:
            os.close(own)
            os.close(its)

    def plug(self, card: Resettable, slot: int = 0) -> VpcdPlug:
        """Put a card in; pull it with the plug."""
        plug = VpcdPlug(card, port=self.port + slot)
        with self.network():
            plug.insert()
        return plug

    def run(self, command: list[str], **environment: str) -> subprocess.Popen[bytes]:
        """Run a program in the daemon's network."""
        assert self._process is not None
        inside = ["nsenter", f"--net=/proc/{self._process.pid}/ns/net"] if namespaces_allowed() else []
        return subprocess.Popen(
            [*inside, *command],
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )


def _setns(handle: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(handle, _CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")


def _bring_loopback_up() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", _IFF_UP))


def _two_free_ports() -> int:
    for _ in range(100):
        with socket.create_server(("", 0)) as first:
            port = first.getsockname()[1]
            try:
                with socket.create_server(("", port + 1)):
                    return int(port)
            except OSError:
                continue
    raise AssertionError("no two free ports in a row")


def new_folder() -> Path:
    """A short path: a Unix socket's name has 108 bytes at most."""
    return Path(tempfile.mkdtemp(prefix="pcscd-"))
