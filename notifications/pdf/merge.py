"""Many letters in one file for the printer: pages, tags and languages kept, the same bytes for the same letters.

A letter has hundreds of tags. A library that holds the whole file in memory needs more than a megabyte for each letter,
so the file is written letter by letter: one is read, its objects get new numbers, and it is forgotten.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable
from hashlib import md5
from io import BytesIO
from typing import BinaryIO

from pikepdf import Array, Dictionary, Object, Pdf, Stream, String

# Strings first, so that what looks like a reference inside one is left alone.
REFERENCE = re.compile(rb"\((?:\\.|[^\\()])*\)|<[0-9A-Fa-f]*>|\b(\d+) 0 R\b", re.S)
ROW = 8  # bytes
CATALOG, PAGES, TAGS, PARENTS, INFO, OUTLINES = range(1, 7)


def merge(pdfs: Iterable[bytes], *, double_sided: bool = False, title: str = "Letters") -> bytes:
    """One PDF of all; see `merge_into`."""
    target = BytesIO()
    merge_into(target, pdfs, double_sided=double_sided, title=title)
    return target.getvalue()


def merge_into(target: BinaryIO, pdfs: Iterable[bytes], *, double_sided: bool = False, title: str = "Letters") -> int:
    """Write one PDF of all letters, each letter's title as a bookmark; returns the number of pages.

    double_sided: a letter with an odd number of pages is followed by an empty one, so that the next begins on a new
    sheet of paper. ValueError when there is nothing to merge.
    """
    whole = _Whole(target)
    for place, pdf in enumerate(pdfs):
        with Pdf.open(BytesIO(pdf)) as letter:
            whole.add(letter, place, double_sided=double_sided)
    if not whole.pages:
        raise ValueError("There is no letter to print.")
    whole.finish(title)
    return len(whole.pages)


class _File:
    """Objects written one after the other, small ones packed together and compressed; the table of where they lie."""

    def __init__(self, target: BinaryIO) -> None:
        self.target, self.offset, self.seen = target, 0, md5(usedforsecurity=False)
        self.table = bytearray(ROW)  # a row for each number: how it lies, where, and its place in a pack
        self.last = 0
        for _number in range(OUTLINES):
            self.new_number()
        self.write(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")

    def write(self, data: bytes) -> None:
        self.target.write(data)
        self.seen.update(data)
        self.offset += len(data)

    def new_number(self) -> int:
        self.last += 1
        self.table += bytes(ROW)
        return self.last

    def lies(self, number: int, kind: int, where: int, place: int) -> None:
        row = bytes([kind]) + where.to_bytes(5, "big") + place.to_bytes(2, "big")
        self.table[number * ROW : (number + 1) * ROW] = row

    def stream(self, number: int, entries: bytes, data: bytes) -> None:
        self.lies(number, 1, self.offset, 0)
        head = b"%d 0 obj\n<< %s /Length %d >>\nstream\n" % (number, entries, len(data))
        self.write(head + data + b"\nendstream\nendobj\n")

    def pack(self, objects: list[tuple[int, bytes]]) -> None:
        """Several objects in one compressed stream."""
        number, bodies, index, at = self.new_number(), [], [], 0
        for place, (inner, body) in enumerate(objects):
            self.lies(inner, 2, number, place)
            index.append(b"%d %d" % (inner, at))
            bodies.append(body)
            at += len(body) + 1
        head = b" ".join(index) + b"\n"
        entries = b"/Type /ObjStm /N %d /First %d /Filter /FlateDecode" % (len(objects), len(head))
        self.stream(number, entries, zlib.compress(head + b"\n".join(bodies)))

    def close(self) -> None:
        number, start = self.new_number(), self.offset
        self.lies(0, 0, 0, 65535)
        self.lies(number, 1, start, 0)
        name = self.seen.hexdigest().encode()
        entries = b"/Type /XRef /Size %d /W [1 5 2] /Root %d 0 R /Info %d 0 R /ID [<%s> <%s>] /Filter /FlateDecode"
        self.stream(number, entries % (self.last + 1, CATALOG, INFO, name, name), zlib.compress(bytes(self.table)))
        self.write(b"startxref\n%d\n%%%%EOF\n" % start)


class _Whole:
    """The file for the printer while it grows."""

    def __init__(self, target: BinaryIO) -> None:
        self.file = _File(target)
        self.pages: list[int] = []
        self.bookmarks: list[tuple[str, int]] = []
        self.kids: list[int] = []  # the topmost tag of each letter
        self.parents: list[bytes] = []  # from the number of a page to its tags
        self.language = ""

    def add(self, letter: Pdf, place: int, *, double_sided: bool) -> None:
        copy = _Copy(self.file, letter)
        self.language = self.language or str(letter.Root.get("/Lang", "en"))
        own = [copy.number(page.obj) for page in letter.pages]
        self.bookmarks.append((str(letter.docinfo.get("/Title", f"Letter {place + 1}")), own[0]))
        self.pages += own
        if "/StructTreeRoot" in letter.Root:
            self._take_tags(letter, copy, f"{place}-")
        copy.write_all()
        if double_sided and len(own) % 2:
            self._add_empty(letter.pages[-1].mediabox)

    def _take_tags(self, letter: Pdf, copy: _Copy, prefix: str) -> None:
        """Number one letter's tags behind those of the letters before."""
        entries, before = letter.Root.StructTreeRoot.ParentTree.Nums, len(self.parents)
        for page in letter.pages:
            if "/StructParents" in page.obj:
                page.obj.StructParents = before + int(page.obj.StructParents)
        for element in _each(letter.Root.StructTreeRoot.K):
            _rename_headers(element, prefix)
            self.kids.append(copy.number(element))
        for index in range(0, len(entries), 2):
            owners = copy.body(entries[index + 1])
            self.parents.append(b"%d %s" % (before + int(entries[index]), owners))

    def _add_empty(self, size: Array) -> None:
        number = self.file.new_number()
        page = b"<< /Type /Page /Parent %d 0 R /MediaBox %s /Resources << >> >>" % (PAGES, size.unparse())
        self.file.pack([(number, page)])
        self.pages.append(number)

    def finish(self, title: str) -> None:
        items = [self.file.new_number() for _each in self.bookmarks]
        objects = [
            (PAGES, b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(self.pages), _references(self.pages))),
            (INFO, b"<< /Title %s >>" % String(title).unparse()),
            (TAGS, b"<< /Type /StructTreeRoot /K [%s] /ParentTree %d 0 R /ParentTreeNextKey %d >>"
                % (_references(self.kids), PARENTS, len(self.parents))),
            (PARENTS, b"<< /Nums [%s] >>" % b" ".join(self.parents)),
            (OUTLINES, b"<< /Type /Outlines /First %d 0 R /Last %d 0 R /Count %d >>"
                % (items[0], items[-1], len(items))),
            (CATALOG, self._catalog()),
        ]  # fmt: skip
        for place, (name, page) in enumerate(self.bookmarks):
            beside = b" /Prev %d 0 R" % items[place - 1] if place else b""
            beside += b" /Next %d 0 R" % items[place + 1] if place + 1 < len(items) else b""
            words = (String(name).unparse(), OUTLINES, page, beside)
            objects.append((items[place], b"<< /Title %s /Parent %d 0 R /Dest [%d 0 R /Fit]%s >>" % words))
        self.file.pack(objects)
        self.file.close()

    def _catalog(self) -> bytes:
        tags = b" /MarkInfo << /Marked true >> /StructTreeRoot %d 0 R" % TAGS if self.kids else b""
        return (
            b"<< /Type /Catalog /Pages %d 0 R /Outlines %d 0 R /Lang %s"
            b" /ViewerPreferences << /DisplayDocTitle true >>%s >>"
            % (PAGES, OUTLINES, String(self.language).unparse(), tags)
        )


class _Copy:
    """The objects of one letter under new numbers: what is asked for, and all that it refers to."""

    def __init__(self, file: _File, letter: Pdf) -> None:
        self.file, self.letter = file, letter
        self.numbers = {letter.Root.Pages.objgen[0]: PAGES}
        if "/StructTreeRoot" in letter.Root:
            self.numbers[letter.Root.StructTreeRoot.objgen[0]] = TAGS
        self.waiting: list[int] = []

    def number(self, value: Object) -> int:
        return self._new(value.objgen[0])

    def _new(self, old: int) -> int:
        if old not in self.numbers:
            self.numbers[old] = self.file.new_number()
            self.waiting.append(old)
        return self.numbers[old]

    def body(self, value: Object) -> bytes:
        """An object in the file's own writing, its references under their new numbers."""
        return REFERENCE.sub(self._renumbered, value.unparse(resolved=True))

    def _renumbered(self, found: re.Match[bytes]) -> bytes:
        return b"%d 0 R" % self._new(int(found[1])) if found[1] else found[0]

    def write_all(self) -> None:
        small: list[tuple[int, bytes]] = []
        while self.waiting:
            old = self.waiting.pop()
            value = self.letter.get_object(old, 0)
            if isinstance(value, Stream):
                entries = Dictionary({key: value[key] for key in sorted(value.keys()) if key != "/Length"})
                self.file.stream(self.numbers[old], self.body(entries)[2:-2].strip(), value.read_raw_bytes())
            else:
                small.append((self.numbers[old], self.body(value)))
        if small:
            self.file.pack(small)


def _references(numbers: list[int]) -> bytes:
    return b" ".join(b"%d 0 R" % number for number in numbers)


def _each(value: Object) -> list[Object]:
    return list(value) if isinstance(value, Array) else [value]


def _rename_headers(element: Object, prefix: str) -> None:
    """Table headers are found by name; names must differ between letters."""
    waiting = [element]
    while waiting:
        node = waiting.pop()
        if not isinstance(node, Dictionary):
            continue
        if "/ID" in node:
            node.ID = String(prefix + str(node.ID))
        if "/A" in node and "/Headers" in node.A:
            node.A.Headers = Array([String(prefix + str(name)) for name in node.A.Headers])
        inner = node.get("/K", ())
        waiting.extend(inner if isinstance(inner, Array) else [inner])
