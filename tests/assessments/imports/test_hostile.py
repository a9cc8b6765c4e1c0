"""Files that would sink the server, or are no score files: refused in a second, in little memory, in plain words."""

from __future__ import annotations

import io
import struct
import time
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable

import pytest

from assessments.imports import layouts, reading
from assessments.imports.limits import MB, Limits
from district.refusal import Refusal
from tests.assessments.imports import files

SECONDS, MEMORY = 1.0, 100 * MB
HEAD = list(files.header("summative_elpac", "2023-24"))
SHEET = "xl/worksheets/sheet1.xml"
OPEN = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
CLOSE = b"</sheetData></worksheet>"


def workbook_with(sheet: bytes | Callable[[io.BufferedIOBase], None], **parts: bytes) -> bytes:
    """A workbook whose only sheet is given, packed as tightly as its bytes allow."""
    good = zipfile.ZipFile(io.BytesIO(files.as_workbook([["a", "b"], ["1", "2"]])))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in good.namelist():
            if name != SHEET and name not in parts:
                packed.writestr(name, good.read(name))
        for name, data in parts.items():
            packed.writestr(name, data)
        with packed.open(SHEET, "w") as member:
            sheet(member) if callable(sheet) else member.write(sheet)
    return out.getvalue()


def million_empty_rows(member: io.BufferedIOBase) -> None:
    member.write(OPEN)
    for start in range(1, 1_048_577, 65_536):
        member.write(b"".join(b'<row r="%d"/>' % number for number in range(start, start + 65_536)))
    member.write(CLOSE)


def bomb(member: io.BufferedIOBase) -> None:
    """138 MB of rows in less than 1 MB."""
    member.write(OPEN)
    row = b'<row><c t="inlineStr"><is><t>' + b"A" * 400 + b"</t></is></c></row>"
    for _ in range(300):
        member.write(row * 1_000)
    member.write(CLOSE)


def ten_thousand_columns(member: io.BufferedIOBase) -> None:
    member.write(OPEN + b"<row>" + b"<c><v>1</v></c>" * 10_000 + b"</row>" + CLOSE)


def billion_laughs() -> bytes:
    entities = b"".join(
        b'<!ENTITY l%d "%s">' % (number, b"&l%d;" % (number - 1) * 10) if number else b'<!ENTITY l0 "lol">'
        for number in range(10)
    )
    return b"<?xml version='1.0'?><!DOCTYPE lolz [" + entities + b"]><worksheet>&l9;</worksheet>"


def lying_zip() -> bytes:
    """A zip whose directory says 10 bytes of what unpacks to 50 MB."""
    data = bytearray(files.as_zip({"a.csv": b"a,b\n" + b"x,y\n" * (12 * MB)}))
    at = data.rindex(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<I", 10)
    data[at + 16 : at + 20] = struct.pack("<I", zlib.crc32(b"a,b\nx,y\nx,"))
    return bytes(data)


def many_entries(count: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for number in range(count):
            packed.writestr(f"{number}.txt", b"")
    return out.getvalue()


def password_zip() -> bytes:
    data = bytearray(files.as_zip({"a.csv": b"a,b\n1,2\n"}))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + offset] |= 1
    return bytes(data)


def old_office(inside: bytes = b"") -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000) + inside + bytes(1000)


HOSTILE = {
    "zip bomb": (lambda: files.as_zip({"a.csv": b"a,b\n" + b"0,0\n" * (40 * MB)}), "times its size"),
    "zip of 2 GB": (lambda: _declared(3 * 1024 * MB - 1), "at most 512 MB"),
    "workbook bomb": (lambda: workbook_with(bomb), "times its size"),
    "million empty rows": (lambda: workbook_with(million_empty_rows), "nothing in the workbook"),
    "ten thousand columns": (lambda: workbook_with(ten_thousand_columns), "10,000 columns|1,001 columns"),
    "ten thousand columns of text": (lambda: b",".join([b"c"] * 10_000) + b"\n", "10,000 columns"),
    "cell in the last corner": (
        lambda: workbook_with(OPEN + b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>' + CLOSE),
        "16,384 columns",
    ),
    "billion laughs": (lambda: workbook_with(billion_laughs()), "document type"),
    "entities in the words": (
        lambda: workbook_with(OPEN + CLOSE, **{"xl/sharedStrings.xml": billion_laughs()}),
        "document type",
    ),
    "words without end": (
        lambda: workbook_with(OPEN + CLOSE, **{"xl/sharedStrings.xml": b"<sst>" + b"<si><t>a</t></si>" * 2_200_000}),
        "at most 32 MB|times its size",
    ),
    "directory that lies": (lying_zip, "not a score file|not the header|damaged|not a table"),
    "sixty thousand entries": (lambda: many_entries(60_000), "files or more"),
    "nested zip": (
        lambda: files.as_zip({"inner.zip": files.as_zip({"a.csv": b"a,b"})}),
        "holds another zip, inner.zip",
    ),
    "zip with a password": (password_zip, "password"),
    "zip without a score file": (lambda: files.as_zip({"a.dat": b"1", "b.pdf": b"%PDF"}), "it holds a.dat, b.pdf"),
    "zip cut short": (lambda: files.as_zip({"a.csv": b"a,b\n1,2\n"})[:-30], "damaged"),
    "zip with rot inside": (lambda: _rotten(), "damaged"),
    "a line too many": (lambda: b"a,b\n" + b"1,2\n" * 300_002, "more than 300,000 lines"),
    "a line without end": (lambda: b"a,b\n" + b"x" * (3 * MB), "longer than|more than 2,000"),
    "a cell without end": (lambda: b"a,b\n1," + b"x" * 5_000 + b"\n", "more than 2,000 letters"),
    "quotation mark never closed": (lambda: b'a,b,c\n1,"x,y\n' + b"2,3,4\n" * 200, "never closed|more than 2,000"),
    "NUL bytes": (lambda: b"a,b\n1,\x002\n", "bytes that no letter has"),
    "random bytes": (lambda: bytes(range(1, 256)) * 4_000, "not a text file|no letters"),
    "PDF": (lambda: b"%PDF-1.7\n" + bytes(5_000), "a PDF"),
    "picture": (lambda: b"\x89PNG\r\n\x1a\n" + bytes(5_000), "a picture"),
    "picture with scripts": (lambda: b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', "web page or an XML"),
    "web page": (lambda: b"\xef\xbb\xbf <!DOCTYPE html><html><table>", "web page"),
    "old workbook": (old_office, "old Excel"),
    "workbook with a password": (lambda: old_office("EncryptedPackage".encode("utf-16-le")), "password"),
    "OpenDocument": (
        lambda: files.as_zip({"mimetype": b"application/x", "content.xml": b"<x/>"}),
        "kind of workbook cannot be read",
    ),
    "fixed-width file": (lambda: b"21" + b"9" * 3_966 + b"\r\n", "fixed-width"),
    "a letter": (lambda: b"Dear coordinator\n", "not a table"),
    "empty": (lambda: b"", "empty"),
    "blank": (lambda: b"\r\n , \r\n", "nothing in the file|not a table"),
}


def _declared(size: int) -> bytes:
    """A zip that says its one file has so many bytes."""
    data = bytearray(files.as_zip({"a.csv": b"a,b\n"}))
    at = data.rindex(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<I", size)
    return bytes(data)


def _rotten() -> bytes:
    data = bytearray(files.as_zip({"a.csv": b"".join(b"%d,%d\n" % (n, n * 7) for n in range(5_000))}))
    data[2_000] ^= 0xFF
    return bytes(data)


def read_whole(data: bytes) -> None:
    """As an upload is read: the table, all its lines, its header."""
    table = reading.read("hostile", data)
    for _line in table.lines(range(min(40, len(table.header)))):
        pass
    layouts.recognise(table.header)


def refused(data: bytes) -> tuple[Refusal, int]:
    """The refusal of the whole reading, and the memory at its peak."""
    tracemalloc.start()
    try:
        with pytest.raises(Refusal) as caught:
            read_whole(data)
        return caught.value, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_file_is_refused_in_plain_words(name: str) -> None:
    make, words = HOSTILE[name]
    data = make()
    refusal, memory = refused(data)
    assert any(part in refusal.message for part in words.split("|")), refusal.message
    assert refusal.mend, "every refusal says what to do"
    assert memory < MEMORY


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_file_is_refused_within_a_second(name: str) -> None:
    """Apart from the measuring of memory, which makes everything slow."""
    data = HOSTILE[name][0]()
    times = []
    for _ in range(2):
        began = time.process_time()
        with pytest.raises(Refusal):
            read_whole(data)
        times.append(time.process_time() - began)
    assert min(times) < SECONDS


def test_uploads_are_refused_by_their_announced_size() -> None:
    with pytest.raises(Refusal, match="at most 64 MB can be sent"):
        reading.refuse_upload(65 * MB)
    reading.refuse_upload(64 * MB)


def test_limits_are_asked_while_reading_a_workbook_too() -> None:
    rows = [["a", "b"], *([str(number), "x"] for number in range(50))]
    table = reading.read("w.xlsx", files.as_workbook(rows), Limits(rows=20))
    with pytest.raises(Refusal, match="more than 20 lines"):
        list(table.lines([0]))
