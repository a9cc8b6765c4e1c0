"""The door for files: what is larger than the limit is not taken in, whichever page it is sent to.

Django would first write the whole file to disk and only then call the view. Here the size that the browser announces
is asked before anything is kept; the page then says so in its own words (see `too_large`).
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest

MARK = "elplan.upload_too_large"
READ_OUT = 4  # up to so many times the limit is read and thrown away, so that the browser gets to see the answer


class BoundedUpload(FileUploadHandler):
    """Stops at the first file of a request that is larger than UPLOAD_LIMIT; the fields before it are kept."""

    def handle_raw_input(
        self, input_data: Any, META: dict[str, Any], content_length: int, boundary: bytes, encoding: str | None = None
    ) -> None:
        self.announced = content_length
        if content_length > settings.UPLOAD_LIMIT:
            META[MARK] = content_length

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        if self.announced > settings.UPLOAD_LIMIT:
            raise StopUpload(connection_reset=self.announced > READ_OUT * settings.UPLOAD_LIMIT)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None


def too_large(request: HttpRequest) -> int:
    """How many bytes were announced where that was too much, else 0."""
    _ = request.FILES  # what is sent is read at the first look
    return int(request.META.get(MARK, 0))
