"""Reading PDFs as others do: poppler's text and fonts, pikepdf's tags."""

from __future__ import annotations

import re
import subprocess
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from pikepdf import Pdf


def words_of(pdf: bytes) -> str:
    """The text of the PDF as pdftotext reads it, spaces closed up."""
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    return " ".join(done.stdout.decode().split())


def raw_words_of(pdf: bytes) -> str:
    """The text in the order in which it is drawn."""
    done = subprocess.run(["pdftotext", "-raw", "-", "-"], input=pdf, capture_output=True, check=True)
    return " ".join(done.stdout.decode().split())


def fonts_of(pdf: bytes) -> list[tuple[str, bool, bool]]:
    """(name, embedded, subset) of every font."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "letter.pdf"
        path.write_bytes(pdf)
        done = subprocess.run(["pdffonts", str(path)], capture_output=True, check=True, text=True)
    lines = done.stdout.splitlines()[2:]
    found = []
    for line in lines:
        flags = re.search(r"\s(yes|no)\s+(yes|no)\s+(yes|no)\s+\d+\s+\d+\s*$", line)
        found.append((line.split()[0], flags[1] == "yes", flags[2] == "yes"))
    return found


def opened(pdf: bytes) -> Pdf:
    return Pdf.open(BytesIO(pdf))
