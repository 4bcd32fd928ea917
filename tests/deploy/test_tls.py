"""TLS on the way in, as the proxy's file has it, and on the way out: nobody is spoken to whose certificate is wrong."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import requests

from app.connectors import inbox, mail, mailserver
from app.connectors.letter import Letter
from app.errors import Temporary
from app.store.objects.bucket import Access, Bucket
from tests.support import needs
from tests.support.network import free_port

PROJECT = Path(__file__).parents[2]
NAME = "certification.example.jp"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the key and the certificate of an authority that nobody knows."""
    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME},IP:127.0.0.1",
         "-keyout", str(folder / "key.pem"), "-out", str(folder / "certificate.pem")],
        check=True, capture_output=True,
    )  # fmt: skip
    return folder


# On the way in


@pytest.fixture(scope="module")
def proxy(certificate: Path) -> Iterator[tuple[int, int]]:
    """nginx with the file of deploy/: (port of TLS, port without)."""
    program = shutil.which("nginx")
    assert program is not None
    secure, plain = free_port(), free_port()
    text = (PROJECT / "deploy/nginx/nintei.conf").read_text("utf-8").replace("/etc/nginx/tls/", f"{certificate}/")
    text = text.replace("server portal:8000", f"server 127.0.0.1:{free_port()}").replace("http2 on;", "")
    text = text.replace("listen 443 ssl", f"listen 127.0.0.1:{secure} ssl").replace(
        "listen 80", f"listen 127.0.0.1:{plain}"
    )
    kinds = "\n".join(
        f"{each}_temp_path {certificate}/{each};" for each in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    main = certificate / "nginx.conf"
    main.write_text(
        f"daemon off; pid {certificate}/pid;\nevents {{}}\nhttp {{\naccess_log off;\n{kinds}\n{text}\n}}\n", "utf-8"
    )
    server = subprocess.Popen(
        [program, "-p", str(certificate), "-c", str(main), "-e", str(certificate / "errors")],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        for _ in range(100):
            with suppress(OSError), socket.create_connection(("127.0.0.1", secure), 1):
                break
            time.sleep(0.1)
        yield secure, plain
    finally:
        server.terminate()
        server.wait(10)


def shake(port: int, certificate: Path, version: ssl.TLSVersion, ciphers: str = "") -> tuple[str, str]:
    """(version, cipher) on which both agree. Raises ssl.SSLError, OSError."""
    context = ssl.create_default_context(cafile=str(certificate / "certificate.pem"))
    context.minimum_version = context.maximum_version = version
    context.set_ciphers(f"{ciphers or 'ALL'}:@SECLEVEL=0")
    with (
        socket.create_connection(("127.0.0.1", port), 5) as raw,
        context.wrap_socket(raw, server_hostname=NAME) as line,
    ):
        agreed = line.cipher()
        assert agreed is not None
        return str(line.version()), agreed[0]


@needs.needs("nginx")
def test_the_proxy_speaks_tls_1_2_and_1_3_and_nothing_older(proxy: tuple[int, int], certificate: Path) -> None:
    assert shake(proxy[0], certificate, ssl.TLSVersion.TLSv1_3)[0] == "TLSv1.3"
    assert shake(proxy[0], certificate, ssl.TLSVersion.TLSv1_2)[0] == "TLSv1.2"
    for old in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1):
        with pytest.raises((ssl.SSLError, OSError)), pytest.warns(DeprecationWarning):
            shake(proxy[0], certificate, old)


@needs.needs("nginx")
@pytest.mark.parametrize("weak", ["NULL", "RC4", "3DES", "aNULL", "AES128-SHA", "ECDHE-ECDSA-AES128-SHA"])
def test_the_proxy_agrees_on_no_weak_cipher(proxy: tuple[int, int], certificate: Path, weak: str) -> None:
    assert "GCM" in shake(proxy[0], certificate, ssl.TLSVersion.TLSv1_2)[1] or "CHACHA" in str(
        shake(proxy[0], certificate, ssl.TLSVersion.TLSv1_2)[1]
    )
    with pytest.raises((ssl.SSLError, OSError)):
        shake(proxy[0], certificate, ssl.TLSVersion.TLSv1_2, weak)


@needs.needs("nginx")
def test_without_tls_nobody_is_served_and_all_are_led_to_it(proxy: tuple[int, int]) -> None:
    answer = requests.get(
        f"http://127.0.0.1:{proxy[1]}/apply", headers={"Host": NAME}, allow_redirects=False, timeout=10
    )
    assert (answer.status_code, answer.headers["Location"]) == (301, f"https://{NAME}/apply")


# On the way out


@pytest.fixture
def stranger(certificate: Path) -> Iterator[tuple[int, list[bytes]]]:
    """A server whose certificate no authority has given: its port, and what was said to it under TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "certificate.pem", certificate / "key.pem")
    heard: list[bytes] = []
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with suppress(OSError):
            while True:
                raw, _ = listening.accept()
                with suppress(OSError), raw, context.wrap_socket(raw, server_side=True) as line:
                    line.settimeout(2)
                    heard.append(line.recv(4096))

    threading.Thread(target=serve, daemon=True).start()
    yield listening.getsockname()[1], heard
    listening.close()


def test_no_mail_goes_to_a_server_whose_certificate_is_wrong(stranger: tuple[int, list[bytes]]) -> None:
    letter = Letter("m", "<m@example.jp>", "a@example.jp", ("b@example.jp",), "", "題", "本文", "", ())
    with pytest.raises(Temporary):
        mail.Mailer(f"smtps://portal:secret@127.0.0.1:{stranger[0]}?timeout=5").send(letter)
    assert not any(stranger[1])


def test_no_mailbox_is_entered_whose_certificate_is_wrong(stranger: tuple[int, list[bytes]]) -> None:
    place = mailserver.mailbox(f"imaps://portal:secret@127.0.0.1:{stranger[0]}/INBOX")
    with pytest.raises(Temporary):
        inbox.Inbox(place, 1000).reach()
    assert not any(stranger[1])


def test_no_storage_is_asked_whose_certificate_is_wrong(stranger: tuple[int, list[bytes]]) -> None:
    bucket = Bucket(Access("s3://nintei/portal", f"https://127.0.0.1:{stranger[0]}", "us-east-1", "key", "secret"))
    with pytest.raises(OSError, match="SSLError"):
        bucket.look("x")
    assert not any(stranger[1])
