"""A bucket, or what lies under a prefix of one: the few calls of the S3 API that the portal needs.

A storage that does not answer is the machine's trouble (OSError), which passes: a page says "try again", a job waits.
One that refuses us is somebody's setting: that is said in words.
"""

from __future__ import annotations

import base64
import errno
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from app.errors import Temporary

CONNECT_SECONDS, READ_SECONDS = 5, 60
CONNECTIONS = 48  # of one process at once: more than it has threads
MISSING, EXISTS, UNKNOWN = 404, (409, 412), (501,)
BUSY = (408, 429, 500, 502, 503, 504)


@dataclass(frozen=True)
class Access:
    """Where a bucket is, and who asks. Without a key boto3 looks where it always does: AWS_… in the environment,
    ~/.aws, the machine's own role."""

    url: str  # s3://bucket/prefix
    endpoint: str = ""
    region: str = ""
    key_id: str = ""
    secret: str = ""

    def __repr__(self) -> str:
        return f"Access({self.url!r}, {self.endpoint!r})"


@dataclass(frozen=True, slots=True)
class Item:
    """One object. `name`: without the prefix."""

    name: str
    size: int  # bytes
    modified: datetime
    etag: str


class Bucket:
    """Names are below the prefix of the access."""

    def __init__(self, access: Access) -> None:
        parts = urlsplit(access.url)
        self._access = access
        self._bucket = parts.netloc
        self._prefix = f"{parts.path.strip('/')}/".lstrip("/")

    def put(self, name: str, body: bytes | BinaryIO, *, sha256: str = "", once: bool = False) -> bool:
        """Store an object as a whole. `sha256` (hex): the storage refuses other bytes. `once`: only where there is none
        (RFC 9110 section 13.1.2); gives whether it was stored."""
        more: dict[str, Any] = {"IfNoneMatch": "*"} if once else {}
        if sha256:
            more["ChecksumSHA256"] = base64.b64encode(bytes.fromhex(sha256)).decode()
        with self._said(*EXISTS, *(UNKNOWN if once else ())) as said:
            self._client.put_object(Bucket=self._bucket, Key=self._prefix + name, Body=body, **more)
            return True
        if said.status in UNKNOWN:  # a storage that knows no conditions: the name says what lies there
            return self.put(name, body, sha256=sha256)
        return False

    def get(self, name: str) -> bytes | None:
        """The object's bytes; None when there is none."""
        with self._said(MISSING):
            answer = self._client.get_object(Bucket=self._bucket, Key=self._prefix + name)
            return bytes(answer["Body"].read())
        return None

    def pieces(self, name: str) -> Iterator[bytes] | None:
        """The same, a megabyte at a time."""
        with self._said(MISSING):
            answer = self._client.get_object(Bucket=self._bucket, Key=self._prefix + name)
            return self._read(answer["Body"])
        return None

    def _read(self, body: Any) -> Iterator[bytes]:
        with self._said():
            yield from body.iter_chunks(1 << 20)

    def look(self, name: str) -> Item | None:
        """What is known of an object; None when there is none."""
        with self._said(MISSING):
            found = self._client.head_object(Bucket=self._bucket, Key=self._prefix + name)
            return Item(name, int(found["ContentLength"]), found["LastModified"], str(found["ETag"]))
        return None

    def renew(self, name: str) -> bool:
        """Make it as new as one stored now; false when there is none."""
        with self._said(MISSING):
            self._client.copy_object(
                Bucket=self._bucket,
                Key=self._prefix + name,
                CopySource={"Bucket": self._bucket, "Key": self._prefix + name},
                MetadataDirective="REPLACE",
            )
            return True
        return False

    def delete(self, name: str) -> None:
        """Remove an object; nothing happens when there is none."""
        with self._said(MISSING):
            self._client.delete_object(Bucket=self._bucket, Key=self._prefix + name)

    def listed(self, prefix: str) -> Iterator[Item]:
        """The objects whose names begin so, in the order of their names."""
        pages = self._client.get_paginator("list_objects_v2")
        with self._said():
            for page in pages.paginate(Bucket=self._bucket, Prefix=self._prefix + prefix):
                for each in page.get("Contents", ()):
                    name = str(each["Key"]).removeprefix(self._prefix)
                    yield Item(name, int(each["Size"]), each["LastModified"], str(each["ETag"]))

    def reachable(self) -> bool:
        """Whether the bucket answers us."""
        try:
            with self._said():
                self._client.list_objects_v2(Bucket=self._bucket, Prefix=self._prefix, MaxKeys=1)
        except (OSError, Temporary):
            return False
        return True

    @property
    def _client(self) -> Any:
        access = self._access
        return _client(access.endpoint, access.region, access.key_id, access.secret)

    def _said(self, *expected: int) -> _Said:
        return _Said(self._access, expected)


@lru_cache(maxsize=8)
def _client(endpoint: str, region: str, key_id: str, secret: str) -> Any:
    """One for each process, used by all its threads: making one takes as long as a hundred requests."""
    # Loaded here: a third of a second that only whoever has a bucket should pay.
    import boto3
    from botocore.config import Config

    config = Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        max_pool_connections=CONNECTIONS,
        retries={"mode": "standard", "max_attempts": 3},
        # Other makers' storages do not know the checksums that newer clients add by themselves.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        s3={"addressing_style": "path" if endpoint else "auto"},
    )
    return boto3.session.Session().client(
        "s3",
        endpoint_url=endpoint or None,
        region_name=region or None,
        aws_access_key_id=key_id or None,
        aws_secret_access_key=secret or None,
        config=config,
    )


class _Said:
    """The storage's errors in our words. One of the `expected` statuses ends the block, and is kept here."""

    def __init__(self, access: Access, expected: tuple[int, ...]) -> None:
        self._access = access
        self._expected = expected
        self.status = 0

    def __enter__(self) -> _Said:
        return self

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> bool:
        from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
        from botocore.exceptions import ConnectionError as NoConnection
        from urllib3.exceptions import HTTPError

        if isinstance(error, ClientError):
            self.status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
            code = str(error.response.get("Error", {}).get("Code", self.status))
            if self.status in self._expected and code != "NoSuchBucket":
                return True
            if self.status in BUSY:
                raise OSError(errno.EHOSTUNREACH, f"The file storage does not answer as it should: {code}") from error
            raise _refused(self._access, code) from error
        if isinstance(error, NoConnection | HTTPClientError | HTTPError):
            raise OSError(errno.EHOSTUNREACH, f"The file storage does not answer: {type(error).__name__}") from error
        if isinstance(error, BotoCoreError):
            raise _refused(self._access, type(error).__name__) from error
        return False


def _refused(access: Access, reason: str) -> Temporary:
    return Temporary(
        "The file storage %(place)s refuses the portal (%(reason)s). Look at NINTEI_FILES, its bucket and keys",
        place=access.url,
        reason=reason,
    )
