"""A small tus client over Flask's test client: the other end of app/web/tasks/uploads.py, written from the protocol."""

from __future__ import annotations

import base64
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

VERSION = {"Tus-Resumable": "1.0.0"}
TYPE = "application/offset+octet-stream"


def said(**pairs: str) -> str:
    """Upload-Metadata."""
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in pairs.items())


def create(client: FlaskClient, task: str, length: int, field: str, filename: str, **more: str) -> TestResponse:
    """POST: announce a file. `task`: the address of the task's page."""
    headers = {**VERSION, "Upload-Length": str(length), "Upload-Metadata": said(field=field, filename=filename, **more)}
    return client.post(f"{task}/uploads", headers=headers)


def head(client: FlaskClient, url: str) -> TestResponse:
    return client.head(url, headers=VERSION)


def patch(client: FlaskClient, url: str, offset: int, data: bytes, **headers: Any) -> TestResponse:
    return client.patch(url, data=data, content_type=TYPE, headers={**VERSION, "Upload-Offset": str(offset), **headers})


def send(client: FlaskClient, task: str, field: str, filename: str, content: bytes, **more: str) -> TestResponse:
    """The whole way: announce, send, take."""
    begun = create(client, task, len(content), field, filename, **more)
    if begun.status_code != 201:
        return begun
    url = begun.headers["Location"]
    sent = patch(client, url, 0, content)
    return client.post(f"{url}/take") if sent.status_code == 204 else sent
