"""Forms with files (RFC 7578): how much of one is held in memory, and how many files it brings.

Werkzeug has a limit for each text and one for the number of parts. Thousands of texts of 4 MB, or of files of which
each is held in memory until it is half a megabyte, are within both. Here all texts of a form have the limit together,
and its files are counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import IO, Any

from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser, MultiPartParser
from werkzeug.sansio.multipart import Data, Epilogue, Event, Field, File, MultipartDecoder, NeedData

MOST_FILES = 100  # of one form
_BLOCK = 64 * 1024


class Parser(FormDataParser):
    """Werkzeug's, with forms of several parts read below."""

    def parse(
        self, stream: IO[bytes], mimetype: str, content_length: int | None, options: dict[str, str] | None = None
    ) -> Any:
        """As Werkzeug has it: what is left, the texts, the files."""
        boundary = (options or {}).get("boundary", "")
        if mimetype != "multipart/form-data" or not boundary or not boundary.isascii():
            return super().parse(stream, mimetype, content_length, options)
        parts = _Parts(self.stream_factory, self.max_form_memory_size, self.cls, max_form_parts=self.max_form_parts)
        try:
            texts, files = parts.parse(stream, boundary.encode(), content_length)
        except ValueError:  # it is none
            if not self.silent:
                raise
            texts, files = self.cls(), self.cls()
        return stream, texts, files


class _Parts(MultiPartParser):
    def parse(self, stream: IO[bytes], boundary: bytes, content_length: int | None) -> Any:
        """The texts and the files; RequestEntityTooLarge as soon as it is too much. What a field for a file holds
        without a name is counted as a text: browsers send so what nobody chose."""
        texts, files = [], []
        left, named = self.max_form_memory_size or 0, 0
        part: Field | File | None = None
        held: IO[bytes] = BytesIO()
        for event in _events(MultipartDecoder(boundary, left, max_parts=self.max_form_parts), stream):
            if isinstance(event, Field | File):
                part = event
                left -= sum(len(name) + len(value) for name, value in event.headers)
                named += isinstance(event, File) and bool(event.filename)
                held = self.start_file_streaming(event, content_length) if isinstance(event, File) else BytesIO()
            elif isinstance(event, Data) and part is not None:
                left -= 0 if isinstance(part, File) and part.filename else len(event.data)
                held.write(event.data)
            if left < 0 or named > MOST_FILES:
                raise RequestEntityTooLarge
            if isinstance(event, Data) and not event.more_data and part is not None:
                held.seek(0)
                if isinstance(part, File):
                    files.append((part.name, FileStorage(held, part.filename, part.name, headers=part.headers)))
                else:
                    texts.append((part.name, held.read().decode(self.get_part_charset(part.headers), "replace")))
        return self.cls(texts), self.cls(files)


def _events(decoder: MultipartDecoder, stream: IO[bytes]) -> Iterator[Event]:
    """What the body is made of, in its order; ValueError when it is none, or ends too early."""
    while True:
        data = stream.read(_BLOCK)
        decoder.receive_data(data or None)
        event = decoder.next_event()
        while not isinstance(event, Epilogue | NeedData):
            yield event
            event = decoder.next_event()
        if not data:
            return
