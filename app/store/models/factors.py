"""What an account shows besides its password: passkeys, an app that makes codes, codes for when both are lost; and who
its owner is elsewhere."""

from __future__ import annotations

from peewee import BigIntegerField, CharField, ForeignKeyField, TextField

from app.store.database import Row
from app.store.fields import UtcField
from app.store.models.accounts import User


class Passkey(Row):
    """A key of a device or its keeper (Web Authentication Level 3). Bytes are kept as base64url (RFC 4648 s. 5)."""

    user = ForeignKeyField(User, backref="passkeys", on_delete="CASCADE")
    user_id: int
    credential = CharField(max_length=1400, unique=True)  # at most 1,023 bytes
    public_key = TextField()  # COSE (RFC 9052 section 7)
    handle = CharField(max_length=90)  # by which the device knows the account: random, the same for all of its keys
    sign_count = BigIntegerField(default=0)
    transports = CharField(max_length=100, default="")
    name = CharField(max_length=80)
    made_at = UtcField()
    used_at = UtcField(null=True)


class CodeApp(Row):
    """The app that makes an account's codes (RFC 6238)."""

    user = ForeignKeyField(User, unique=True, backref="code_apps", on_delete="CASCADE")
    user_id: int
    sealed = TextField()  # the shared secret
    made_at = UtcField()
    used_at = UtcField(null=True)
    step = BigIntegerField(default=0)  # of the last code that counted: that one and those before it count no more


class RecoveryCode(Row):
    """A code that lets in once in place of the second factor."""

    user = ForeignKeyField(User, backref="recovery_codes", on_delete="CASCADE")
    user_id: int
    digest = CharField(max_length=200)
    used_at = UtcField(null=True)


class Spent(Row):
    """A challenge that was answered, until it would be too old anyway: none is answered twice."""

    key = CharField(max_length=64, unique=True)
    until = UtcField(index=True)


class Identity(Row):
    """Who somebody is at a provider of identities (OpenID Connect Core 1.0 section 2: `iss` and `sub` together name one
    person for good). An account has one at a provider, and a person of a provider has one account."""

    user = ForeignKeyField(User, backref="identities", on_delete="CASCADE", index=False)
    user_id: int
    issuer = CharField(max_length=300)
    subject = CharField(max_length=255)
    made_at = UtcField()

    class Meta:
        indexes = ((("issuer", "subject"), True), (("user", "issuer"), True))
