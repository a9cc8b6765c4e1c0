"""Many letters in one file for the printer: pages, tags and languages kept, the same bytes for the same letters."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO

from pikepdf import Array, Dictionary, Name, Object, ObjectStreamMode, OutlineItem, Pdf, String


def merge(pdfs: Iterable[bytes], *, double_sided: bool = False, title: str = "Letters") -> bytes:
    """One PDF of all, each letter's title as a bookmark.

    double_sided: a letter with an odd number of pages is followed by an empty one, so that the next begins on a new
    sheet of paper. ValueError when there is nothing to merge.
    """
    whole = Pdf.new()
    numbers, kids, bookmarks, language = Array(), Array(), [], ""
    pages = tags = 0
    for place, pdf in enumerate(pdfs):
        with Pdf.open(BytesIO(pdf)) as letter:
            count = len(letter.pages)
            language = language or str(letter.Root.get("/Lang", "en"))
            bookmarks.append((str(letter.docinfo.get("/Title", f"Letter {place + 1}")), pages))
            whole.pages.extend(letter.pages)
            if "/StructTreeRoot" in letter.Root:
                tree = whole.copy_foreign(letter.Root.StructTreeRoot)
                tags = _adopt(whole, tree, pages, count, place, tags, numbers, kids)
        pages += count
        if double_sided and count % 2:
            whole.add_blank_page(page_size=tuple(float(side) for side in whole.pages[-1].mediabox[2:]))
            pages += 1
    if not pages:
        raise ValueError("There is no letter to print.")
    _finish(whole, numbers, kids, tags, language, title)
    with whole.open_outline() as outline:
        outline.root.extend(OutlineItem(name, page) for name, page in bookmarks)
    target = BytesIO()
    whole.save(target, deterministic_id=True, object_stream_mode=ObjectStreamMode.generate, linearize=False)
    return target.getvalue()


def _adopt(whole: Pdf, tree: Object, first: int, count: int, place: int, tags: int, numbers: Array, kids: Array) -> int:
    """Renumber one letter's tags behind those of the letters before; returns the next free number."""
    entries = tree.ParentTree.Nums
    for index in range(0, len(entries), 2):
        numbers.append(tags + int(entries[index]))
        numbers.append(entries[index + 1])
    for page in list(whole.pages)[first : first + count]:
        if "/StructParents" in page.obj:
            page.obj.StructParents = tags + int(page.obj.StructParents)
    for element in tree.K:
        _rename_headers(element, f"{place}-")
        kids.append(element)
    return tags + len(entries) // 2


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


def _finish(whole: Pdf, numbers: Array, kids: Array, tags: int, language: str, title: str) -> None:
    whole.docinfo["/Title"] = title
    whole.Root.Lang = String(language)
    whole.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
    if not tags:
        return
    root = whole.make_indirect(Dictionary(Type=Name.StructTreeRoot, K=kids, ParentTreeNextKey=tags))
    root.ParentTree = whole.make_indirect(Dictionary(Nums=numbers))
    for element in kids:
        element.P = root
    whole.Root.StructTreeRoot = root
    whole.Root.MarkInfo = Dictionary(Marked=True)
