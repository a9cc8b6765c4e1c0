"""The door for files: too large is not taken in; small ones pass as ever."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest
from django.test import RequestFactory

from district.sheets import csv_file, inert
from district.uploads import too_large


def sent(size: int) -> HttpRequest:
    fields = {"before": "kept", "file": SimpleUploadedFile("a.csv", b"x" * size), "after": "gone"}
    return RequestFactory().post("/", fields)


def test_a_small_file_passes(settings) -> None:
    settings.UPLOAD_LIMIT = 10_000
    request = sent(5_000)
    assert too_large(request) == 0
    assert (request.FILES["file"].size, request.POST["after"]) == (5_000, "gone")


@pytest.mark.parametrize("size", [11_000, 60_000])
def test_a_large_one_is_left_outside_and_what_stood_before_it_is_kept(settings, size: int) -> None:
    settings.UPLOAD_LIMIT = 10_000
    request = sent(size)
    assert too_large(request) > size
    assert list(request.FILES) == []
    assert request.POST["before"] == "kept"


FORMULAS = [
    *("=1+1", "+cmd", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "|calc", "%1", " =1", "==1", "=HYPERLINK(1)"),
    *("＝1", "＋1", "－1", "＠x", "=\t1", "-x", "+", "=DDE()"),
]


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_computes(text: str) -> None:
    assert inert(text) == f"'{text}"
    body = csv_file("x.csv", ["a"], [[text]]).content.decode("utf-8-sig")
    assert body.splitlines()[1].lstrip('"').startswith("'")


@pytest.mark.parametrize("text", ["-5", "+3.5", "1450", "O'Brien", "Muñoz", "a=b", "", "2026-03-17"])
def test_numbers_and_words_stay_as_they_are(text: str) -> None:
    assert inert(text) == text
