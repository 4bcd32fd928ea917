"""Signed documents: PAdES (ETSI EN 319 142-1), baseline B-B with the body's own certificate or one that the portal
makes and keeps in its data folder, B-T where a timestamp authority (RFC 3161) is set."""

from __future__ import annotations

import datetime as dt
import io
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app.connectors import timestamping
from app.errors import Permanent
from hardware.files import locked, private_folder, write_whole

_FIELD = "Nintei"
_KEYS = "key*.pem"
_CLEAR = b"-----BEGIN"  # RFC 7468 section 2
RENEWED = dt.timedelta(days=90)  # before the end of a certificate that the portal made itself


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key and its certificate, both PEM. `private` is a secret: it is never printed."""

    private: bytes = field(repr=False)
    certificate: bytes  # behind it may stand those of the authorities above


class Sealing(Protocol):
    """How the private key lies in its folder: `open` gives None for what was sealed under other keys."""

    def seal(self, content: bytes) -> bytes: ...
    def open(self, sealed: bytes) -> bytes | None: ...


def valid_until(key: SigningKey) -> dt.datetime:
    """When the certificate of the key ends. Raises ValueError for a pair that is none."""
    certificate = _certificate(key.certificate)
    private = serialization.load_pem_private_key(key.private, None)
    if private.public_key() != certificate.public_key():
        raise ValueError("the certificate is not that of the key")
    return certificate.not_valid_after_utc


def of_body(key: Path, certificate: Path) -> SigningKey:
    """The body's own pair. Raises `Permanent` when it cannot be used, and once the certificate has ended: a signature
    that nobody believes is none."""
    try:
        found = SigningKey(key.read_bytes(), certificate.read_bytes())
        ends = valid_until(found)
    except (OSError, ValueError, TypeError) as error:
        raise Permanent("The body's signing certificate cannot be used: %(reason)s", reason=str(error)) from error
    if ends < dt.datetime.now(dt.UTC):
        raise Permanent("The body's signing certificate ended on %(day)s", day=ends.date().isoformat())
    return found


def kept(folder: Path, subject: str, sealing: Sealing, *, now: dt.datetime | None = None) -> SigningKey:
    """The key of this folder, made at first use: by one process alone, and the same for all that ask meanwhile. In the
    last days of its certificate (`RENEWED`) another pair takes its place; the old one stays beside it. Keys lie there
    sealed; one that an earlier version kept in the clear is sealed when it is first asked for.

    The certificate is written last, so a key without one has signed nothing yet. Raises `Permanent` for a certificate
    without its key: papers may bear its name, and only a backup has the key.
    """
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    moment = now or dt.datetime.now(dt.UTC)
    if not (key.exists() and certificate.exists()) or _ends_soon(certificate, moment):
        private_folder(folder)
        with locked(folder.with_name(f"{folder.name}.lock")):
            if not key.exists() and certificate.exists():
                raise Permanent(
                    "The key of the certificate in %(folder)s is missing: put it back from a backup, or move the "
                    "certificate away, and a new pair is made",
                    folder=str(folder),
                )
            if certificate.exists() and _ends_soon(certificate, moment):
                # The certificate goes first: without it the key has signed nothing yet, and is written over.
                last = _certificate(certificate.read_bytes()).not_valid_after_utc
                shutil.copy2(key, folder / f"key-until-{last:%Y%m%d}.pem")
                certificate.rename(folder / f"certificate-until-{last:%Y%m%d}.pem")
            if not certificate.exists():
                made = make_signing_key(subject, now=moment)
                write_whole(key, sealing.seal(made.private))
                write_whole(certificate, made.certificate)
    if in_the_clear(folder):
        reseal(folder, sealing)
    return SigningKey(opened(key, sealing), certificate.read_bytes())


def opened(key: Path, sealing: Sealing) -> bytes:
    """The private key of a file, PEM. Raises `Permanent` when it was sealed under a key that is not there."""
    content = key.read_bytes()
    found = content if content.startswith(_CLEAR) else sealing.open(content)
    if found is None:
        raise Permanent(
            "The signing key was sealed under another key and cannot be read. The administrator enters the key of that "
            "time (NINTEI_SEALING_KEYS)"
        )
    return found


def in_the_clear(folder: Path) -> bool:
    """Whether a key of the folder lies there as an earlier version wrote it."""
    return any(each.read_bytes().startswith(_CLEAR) for each in folder.glob(_KEYS))


def reseal(folder: Path, sealing: Sealing) -> int:
    """Seal the folder's keys anew under the first key, each file as a whole; gives how many. Raises `Permanent`."""
    files = sorted(folder.glob(_KEYS))
    with locked(folder.with_name(f"{folder.name}.lock")):
        for each in files:
            write_whole(each, sealing.seal(opened(each, sealing)))
    return len(files)


def _certificate(content: bytes) -> x509.Certificate:
    """The signer's own: the first of the file."""
    return x509.load_pem_x509_certificates(content)[0]


def _ends_soon(certificate: Path, now: dt.datetime) -> bool:
    return _certificate(certificate.read_bytes()).not_valid_after_utc < now + RENEWED


def make_signing_key(subject: str, *, now: dt.datetime | None = None, years: int = 10) -> SigningKey:
    """A new P-256 key and a certificate that it signed itself; `subject` is the body's name (at
    most 64 characters, X.520)."""
    key = ec.generate_private_key(ec.SECP256R1())
    start = now or dt.datetime.now(dt.UTC)
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "JP"),
            x509.NameAttribute(NameOID.COMMON_NAME, subject[:64] or "Nintei"),
        ]
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start - dt.timedelta(hours=1))
        .not_valid_after(start + dt.timedelta(days=366 * years))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=True,
                content_commitment=True,
                key_encipherment=False,
                data_encipherment=False,
                key_agreement=False,
                key_cert_sign=False,
                crl_sign=False,
                encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return SigningKey(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()),
        certificate.public_bytes(serialization.Encoding.PEM),
    )


def sign(pdf: bytes, key: SigningKey, *, reason: str = "", location: str = "", timestamp_url: str = "") -> bytes:
    """The same document with an invisible signature over all of it; `timestamp_url`: who says when (RFC 3161). Raises
    `Permanent` when it cannot be signed, `Temporary` while the timestamp authority is away."""
    # pyhanko runs an event loop of its own: in a thread, whoever calls.
    with ThreadPoolExecutor(1) as aside:
        return aside.submit(_sign, pdf, key, reason, location, timestamp_url).result()


def _sign(pdf: bytes, key: SigningKey, reason: str, location: str, timestamp_url: str) -> bytes:
    # Loaded here: half a second that only whoever signs should pay.
    from asn1crypto import keys as asn1_keys
    from asn1crypto import pem
    from asn1crypto import x509 as asn1_x509
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.sign import signers
    from pyhanko.sign.fields import InvisSigSettings, SigFieldSpec, SigSeedSubFilter
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    chain = [asn1_x509.Certificate.load(der) for _, _, der in pem.unarmor(key.certificate, multiple=True)]
    certificate = chain[0]
    store = SimpleCertificateStore()
    store.register_multiple(chain)
    signer = signers.SimpleSigner(
        signing_cert=certificate,
        signing_key=asn1_keys.PrivateKeyInfo.load(pem.unarmor(key.private)[2]),
        cert_registry=store,
    )
    wanted = signers.PdfSignatureMetadata(
        field_name=_FIELD,
        subfilter=SigSeedSubFilter.PADES,
        md_algorithm="sha256",
        reason=reason or None,
        location=location or None,
    )
    # Beside the page: within it, what is not drawn would have to be an element of the structure (ISO 14289-1, 7.18.1).
    outside = SigFieldSpec(_FIELD, invis_sig_settings=InvisSigSettings(box_out_of_bounds=True))
    try:
        signed: io.BytesIO = signers.sign_pdf(
            IncrementalPdfFileWriter(io.BytesIO(pdf)),
            wanted,
            signer=signer,
            timestamper=timestamping.authority(timestamp_url) if timestamp_url else None,
            new_field_spec=outside,
        )
    except (PdfError, ValueError) as error:
        raise Permanent("The document cannot be signed: %(reason)s", reason=str(error)) from error
    return signed.getvalue()
