"""Detached signatures over any bytes: CMS SignedData (RFC 5652), PEM, SHA-256; `openssl cms -verify` reads them."""

from __future__ import annotations

import hashlib

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import pkcs7

from app.connectors.signature import SigningKey


def sign(data: bytes, key: SigningKey) -> bytes:
    """A signature over the data, with the signer's certificate in it."""
    certificates = x509.load_pem_x509_certificates(key.certificate)
    private = serialization.load_pem_private_key(key.private, None)
    assert isinstance(private, (ec.EllipticCurvePrivateKey, rsa.RSAPrivateKey))  # noqa: S101 - nothing else signs papers
    builder = pkcs7.PKCS7SignatureBuilder().set_data(data).add_signer(certificates[0], private, hashes.SHA256())
    for each in certificates[1:]:
        builder = builder.add_certificate(each)
    options = [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary, pkcs7.PKCS7Options.NoCapabilities]
    return builder.sign(serialization.Encoding.PEM, options)


def holds(data: bytes, signature: bytes) -> str:
    """The SHA-256 of the signer's certificate (DER, hexadecimal), where the signature is one over exactly this data;
    else empty. Whether that certificate is the right one, the caller says."""
    # Loaded here: a fifth of a second that only whoever verifies should pay. tsp names attributes of cms, which learns
    # no name after its first use: without it, this process could sign nothing any more.
    import asn1crypto.tsp  # noqa: F401
    from asn1crypto import cms, pem

    try:
        signed = cms.ContentInfo.load(pem.unarmor(signature)[2])["content"]
        info = signed["signer_infos"][0]
        attributes = {each["type"].native: each["values"][0].native for each in info["signed_attrs"]}
        if attributes.get("message_digest") != hashlib.sha256(data).digest():
            return ""
        serial = info["sid"].chosen["serial_number"].native
        der = next(each.dump() for each in signed["certificates"] if each.chosen.serial_number == serial)
        # Signed is the set of attributes itself (RFC 5652 section 5.4), not the field it stands in.
        over = b"\x31" + info["signed_attrs"].dump()[1:]
        public = x509.load_der_x509_certificate(der).public_key()
        if isinstance(public, ec.EllipticCurvePublicKey):
            public.verify(info["signature"].native, over, ec.ECDSA(hashes.SHA256()))
        elif isinstance(public, rsa.RSAPublicKey):
            public.verify(info["signature"].native, over, padding.PKCS1v15(), hashes.SHA256())
        else:
            return ""
    except (ValueError, TypeError, KeyError, IndexError, StopIteration, InvalidSignature):
        return ""
    return hashlib.sha256(der).hexdigest()


def fingerprint(certificate: bytes) -> str:
    """The SHA-256 of the first certificate of a PEM file, as `holds` gives it."""
    der = x509.load_pem_x509_certificates(certificate)[0].public_bytes(serialization.Encoding.DER)
    return hashlib.sha256(der).hexdigest()
