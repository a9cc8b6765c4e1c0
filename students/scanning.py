"""What a file is that somebody attaches as a scan: told by its bytes, never by its name; refused in plain words.

Nothing of a file is trusted: it is read with limits, never run, and never shown inside one of our pages.
"""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass

import pikepdf
from django.utils.translation import gettext as _
from PIL import Image

from district.refusal import Refusal
from students.enums import ScanType

MB = 1024 * 1024
MOST_BYTES = 15 * MB
MOST_PIXELS = 60_000_000  # a page at 600 dots per inch has 34 million
MOST_SIDE = 20_000
MOST_PAGES = 60
HEADS = ((b"%PDF-", ScanType.PDF), (b"\xff\xd8\xff", ScanType.JPEG), (b"\x89PNG\r\n\x1a\n", ScanType.PNG))
END_MARKS = {ScanType.JPEG: b"\xff\xd9", ScanType.PNG: b"IEND"}
END_WITHIN = 64 * 1024  # some cameras write more behind the picture
PHONE_PHOTOS = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif")
# Keys of a PDF that make it do something by itself, or that carry other files.
ACTIVE = ("/JavaScript", "/JS", "/Launch", "/EmbeddedFiles", "/RichMedia", "/XFA", "/SubmitForm", "/ImportData")
MEDIA_TYPES = {ScanType.PDF: "application/pdf", ScanType.JPEG: "image/jpeg", ScanType.PNG: "image/png"}
FIELD = "file"


@dataclass(frozen=True)
class Scan:
    """A file that may be kept."""

    type: ScanType
    data: bytes


def refused(message: str, mend: str) -> Refusal:
    return Refusal(message, mend, field=FIELD)


def too_large() -> Refusal:
    return refused(
        _("The file is larger than %(n)d MB.") % {"n": MOST_BYTES // MB},
        _("Scan in black and white or gray at 200 or 300 dots per inch, or send the pages one by one."),
    )


def inspect(data: bytes) -> Scan:
    """The file with its true type. Refusal: not a PDF, JPEG or PNG, too large, damaged, locked, or with a program."""
    if not data:
        raise refused(_("The file is empty."), _("Scan the paper again."))
    if len(data) > MOST_BYTES:
        raise too_large()
    kind = next((kind for head, kind in HEADS if data.startswith(head)), None)
    if kind is None:
        raise _unknown(data)
    _look_into_pdf(data) if kind == ScanType.PDF else _look_at_image(data, kind)
    return Scan(kind, data)


def _unknown(data: bytes) -> Refusal:
    if data[4:8] == b"ftyp" and data[8:12] in PHONE_PHOTOS:
        return refused(
            _("This is a photo in the HEIC form of a phone, which not every computer opens."),
            _(
                "On the phone set Settings, Camera, Formats to “Most Compatible” and take it again, or send the photo "
                "by e-mail to yourself, which makes it a JPEG."
            ),
        )
    return refused(
        _("This is no PDF, JPEG or PNG, whatever its name says."),
        _("Scan the paper as PDF, or take a photo as JPEG."),
    )


def _look_at_image(data: bytes, kind: ScanType) -> None:
    """The size is read from the head of the file, before anything is unpacked; a file cut short has no end mark."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=[kind.name]) as image:
                width, height = image.size
                if width * height > MOST_PIXELS or max(width, height) > MOST_SIDE:
                    raise _too_many_dots()
                image.load()
    except Refusal:
        raise
    except Image.DecompressionBombError as error:
        raise _too_many_dots() from error
    except Exception as error:  # the library raises many kinds for damaged files
        raise _damaged() from error
    if END_MARKS[kind] not in data[-END_WITHIN:]:
        raise _damaged()


def _damaged() -> Refusal:
    return refused(_("The picture is damaged and cannot be opened."), _("Scan it again."))


def _too_many_dots() -> Refusal:
    return refused(
        _("The picture has more than %(n)d million dots, more than any sheet of paper needs.")
        % {"n": MOST_PIXELS // 1_000_000},
        _("Scan at 200 or 300 dots per inch, or take the photo with the phone's ordinary camera."),
    )


def _look_into_pdf(data: bytes) -> None:
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            if pdf.is_encrypted:
                raise _locked()
            pages = len(pdf.pages)
            active = _active(pdf)
    except pikepdf.PasswordError as error:
        raise _locked() from error
    except Refusal:
        raise
    except Exception as error:  # pikepdf.PdfError, and what damaged files make of the rest
        raise refused(_("The PDF is damaged and cannot be opened."), _("Scan it again.")) from error
    if not 1 <= pages <= MOST_PAGES:
        raise refused(
            _("The PDF has %(n)d pages; a document of the folder has at most %(most)d.")
            % {"n": pages, "most": MOST_PAGES},
            _("Send the pages of this document only."),
        )
    if active:
        raise refused(
            _("The PDF holds a program, a form or another file (%(what)s), which a scan never does.")
            % {"what": active},
            _("Print it and scan the paper, or print it to PDF."),
        )


def _locked() -> Refusal:
    return refused(
        _("The PDF is locked with a password or encrypted."), _("Save it without a password, or scan the paper.")
    )


def _active(pdf: pikepdf.Pdf) -> str:
    """The first key by which the file would do something, or nothing; all objects are looked through."""
    waiting = list(pdf.objects)
    while waiting:
        thing = waiting.pop()
        if isinstance(thing, pikepdf.Array):
            waiting += [each for each in thing if _lies_inside(each)]
        elif isinstance(thing, pikepdf.Stream | pikepdf.Dictionary):
            inner = dict(thing.items())
            if found := next((key for key in ACTIVE if key in inner), ""):
                return found
            action = inner.get("/S")
            if isinstance(action, pikepdf.Name) and str(action) in ACTIVE:
                return str(action)
            waiting += [each for each in inner.values() if _lies_inside(each)]
    return ""


def _lies_inside(thing: object) -> bool:
    """Written inside another object; those with a number of their own are among the file's objects anyway."""
    return isinstance(thing, pikepdf.Array | pikepdf.Dictionary) and not thing.is_indirect
