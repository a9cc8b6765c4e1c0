"""Zips: what they say they hold is checked against the limits before anything is unpacked."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import IO

from django.utils.translation import gettext as _

from assessments.imports.limits import Limits, in_words
from district.refusal import Refusal

Archive = zipfile.ZipFile

DELIMITED = (".csv", ".txt", ".tsv", ".xlsx", ".xlsm")
OTHER_WORKBOOKS = ("content.xml", "xl/workbook.bin")  # OpenDocument and .xlsb
END, END_64 = b"PK\x05\x06", b"PK\x06\x07"
ENCRYPTED = 0x1


def open_archive(file: IO[bytes], limits: Limits) -> Archive:
    """Open a zip whose list of contents is within the limits. Raises Refusal."""
    _refuse_long_directory(file, limits)
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, struct.error, UnicodeDecodeError):
        raise _damaged() from None
    entries = archive.infolist()
    if len(entries) > limits.entries:
        raise _too_many(len(entries), limits)
    mend = _("Unpack it on your computer and send the file inside.")
    if any(entry.flag_bits & ENCRYPTED for entry in entries):
        raise Refusal(_("The zip is protected by a password."), mend)
    if any(entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for entry in entries):
        raise Refusal(_("The zip is packed in an unusual way."), mend)
    limit = limits.workbook if is_workbook(archive) else limits.text
    _refuse_bomb(entries, limit, limits)
    return archive


def is_workbook(archive: Archive) -> bool:
    return "[Content_Types].xml" in archive.namelist() and "xl/workbook.xml" in archive.namelist()


def choose_entry(archive: Archive) -> tuple[zipfile.ZipInfo, list[str]]:
    """The one score file of a zip, and what was noticed. The state's zip holds it beside a .dat (D-22)."""
    entries = [entry for entry in archive.infolist() if not entry.is_dir() and not _is_clutter(entry.filename)]
    names = ", ".join(shown(entry.filename) for entry in entries) or _("nothing")
    if nested := [entry for entry in entries if entry.filename.lower().endswith(".zip")]:
        raise Refusal(
            _("The zip holds another zip, %(name)s.") % {"name": shown(nested[0].filename)},
            _("Unpack it on your computer and send one of the zips inside."),
        )
    found = [entry for entry in entries if entry.filename.lower().endswith(DELIMITED)]
    if len(found) > 1:
        both = ", ".join(shown(entry.filename) for entry in found)
        raise Refusal(
            _("The zip holds more than one score file: %(names)s.") % {"names": both}, _("Send them one by one.")
        )
    if not found and any(entry.filename.endswith(OTHER_WORKBOOKS) for entry in entries):
        raise Refusal(
            _("This kind of workbook cannot be read."), _("Save it as Excel Workbook (.xlsx) or as CSV UTF-8.")
        )
    if not found:
        raise Refusal(
            _("There is no score file in the zip; it holds %(names)s.") % {"names": names},
            _("Take the zip from TOMS with the delimited file (.csv). The .dat alone has no header and is not read."),
        )
    notes = [_("Taken from the zip: %(name)s.") % {"name": shown(found[0].filename)}]
    if rest := [shown(entry.filename) for entry in entries if entry is not found[0]]:
        notes.append(_("Not read: %(names)s.") % {"names": ", ".join(rest)})
    return found[0], notes


@contextmanager
def unpacking() -> Iterator[None]:
    """While entries are read: what turns out to be damaged, or to lie about its size, is refused."""
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError):
        raise _damaged() from None


def refuse_size(size: int, limit: int) -> None:
    if size > limit:
        raise Refusal(
            _("Unpacked, the file would have %(size)s; at most %(limit)s can be read.")
            % {"size": in_words(size), "limit": in_words(limit)},
            _("Take the delimited text file from TOMS (it is much smaller than a workbook), or split it by school."),
        )


def shown(name: str) -> str:
    """The entry's own name for a message, without its folders: nothing is ever unpacked to a path."""
    return PurePosixPath(name.replace("\\", "/")).name[:100] or _("a file without a name")


def _refuse_long_directory(file: IO[bytes], limits: Limits) -> None:
    """Refuse by the end record, since opening a zip reads its whole directory into memory."""
    size = file.seek(0, 2)
    file.seek(max(0, size - 65_557))  # the end record and the longest comment after it
    tail = file.read()
    file.seek(0)
    at = tail.rfind(END)
    if at < 0 or at + 22 > len(tail):
        raise _damaged()
    count, length = struct.unpack("<HI", tail[at + 10 : at + 16])
    if tail[max(0, at - 20) : at].startswith(END_64) or count > limits.entries or length > limits.directory:
        raise _too_many(count, limits)


def _refuse_bomb(entries: list[zipfile.ZipInfo], limit: int, limits: Limits) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    packed = max(1, sum(entry.compress_size for entry in entries))
    refuse_size(unpacked, limit)
    if unpacked > limits.ratio_from and unpacked / packed > limits.ratio:
        raise Refusal(
            _("The zip would unpack to %(times)d times its size, as no score file does.")
            % {"times": unpacked // packed},
            _("Download it again from TOMS. If it is a workbook, save it anew or as CSV UTF-8."),
        )


def _is_clutter(name: str) -> bool:
    """What computers add to zips by themselves."""
    return "__MACOSX/" in name or shown(name).lower() in (".ds_store", "thumbs.db", "desktop.ini")


def _too_many(count: int, limits: Limits) -> Refusal:
    return Refusal(
        _("The zip holds %(count)d files or more; a score file comes with one or two.") % {"count": count},
        _("Send the zip from TOMS, or the file inside it."),
    )


def _damaged() -> Refusal:
    return Refusal(_("The file is damaged: it cannot be unpacked."), _("Download it again."))
