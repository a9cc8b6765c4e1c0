"""Where the PDFs lie: the private document storage, under names that say nothing about a child."""

from __future__ import annotations

import uuid
from hashlib import file_digest, sha256
from typing import BinaryIO

from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage


def sha256_of(pdf: bytes | BinaryIO) -> str:
    if isinstance(pdf, bytes):
        return sha256(pdf).hexdigest()
    pdf.seek(0)
    return file_digest(pdf, "sha256").hexdigest()


def keep(folder: str, name: uuid.UUID, pdf: bytes | BinaryIO) -> str:
    """Store a PDF, in place of one of the same name; returns the name under which it lies."""
    path = f"{folder}/{name}.pdf"
    default_storage.delete(path)
    return default_storage.save(path, ContentFile(pdf) if isinstance(pdf, bytes) else File(pdf))


def fetch(path: str) -> bytes | None:
    """The bytes of a stored PDF, or None when the file is gone."""
    try:
        with default_storage.open(path) as file:
            return file.read()
    except FileNotFoundError:
        return None


def discard(path: str) -> None:
    """Remove a file that no row names."""
    default_storage.delete(path)
