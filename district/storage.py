"""Where documents lie: the private storage, under random names that say nothing about a child."""

from __future__ import annotations

import uuid
from hashlib import file_digest, sha256
from typing import BinaryIO

from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage


def sha256_of(document: bytes | BinaryIO) -> str:
    if isinstance(document, bytes):
        return sha256(document).hexdigest()
    document.seek(0)
    return file_digest(document, "sha256").hexdigest()


def keep(folder: str, name: uuid.UUID, document: bytes | BinaryIO, ending: str = "pdf") -> str:
    """Store a document, in place of one of the same name; returns the name under which it lies."""
    path = f"{folder}/{name}.{ending}"
    default_storage.delete(path)
    return default_storage.save(path, ContentFile(document) if isinstance(document, bytes) else File(document))


def fetch(path: str) -> bytes | None:
    """The bytes of a stored document, or None when the file is gone."""
    try:
        with default_storage.open(path) as file:
            return file.read()
    except FileNotFoundError:
        return None


def discard(path: str) -> None:
    """Remove a file that no row names."""
    default_storage.delete(path)
