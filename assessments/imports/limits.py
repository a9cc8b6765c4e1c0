"""How large a file may be: the one place, each figure with its reason.

The widest layout of the state has 401 columns; one line of it is about 1,200 bytes as text and 10,000 bytes inside a
workbook. The largest district of the state has some 100,000 English learners, most have under 1,000.
"""

from __future__ import annotations

from dataclasses import dataclass

MB = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """Figures that hold while a file is read; all sizes in bytes."""

    upload: int = 64 * MB  # through the browser, as UPLOAD_LIMIT: 50,000 lines as text, many times that zipped
    text: int = 512 * MB  # text as unpacked, or read from a folder of the server: 400,000 lines of 1,200 bytes
    workbook: int = 160 * MB  # a workbook as unpacked: 15,000 lines; more must come as text, ten times smaller
    shared: int = 32 * MB  # the words of a workbook, which are kept in memory while it is read
    ratio: int = 200  # unpacked to packed: the state's own files reach 40, Excel's 25, a bomb 240 to 1,030
    ratio_from: int = 8 * MB  # under this size even a bomb does no harm
    entries: int = 500  # files inside a zip or parts of a workbook; the state's zip holds 2
    directory: int = MB  # the list of contents of a zip, 46 bytes and a name for each entry
    tabs: int = 60  # the state splits the workbooks of large districts over several tabs
    rows: int = 300_000  # lines with something in them: three times the largest district
    columns: int = 1_000  # twice and a half the state's widest
    cell: int = 2_000  # characters in one cell; the state's longest is an address of 50
    line: int = 2 * MB  # characters in one line of text: `columns` cells of `cell` characters


LIMITS = Limits()


def in_words(size: int) -> str:
    """A size for people: "12 MB", or "under 1 MB"."""
    return f"{size // MB:,} MB" if size >= MB else "under 1 MB"
