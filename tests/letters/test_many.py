"""Many letters: worker processes under limits, in order; one print file that keeps pages, tags and languages."""

from __future__ import annotations

import os
import time
from collections import Counter

import pytest

from notifications import pdf, render
from notifications.pdf import Layout, merge, pool, render_many
from tests.letters import samples
from tests.letters.reading import opened, raw_words_of
from tests.letters.test_pdf import tags_of

PLAIN = Layout('html { font-family: "Noto Sans"; font-size: 10pt }', frozenset({"Noto Sans", "Noto Sans Symbols2"}))


def page(words: str) -> tuple[str, Layout]:
    return f'<html lang="en"><title>T</title><p>{words}</p></html>', PLAIN


def deep(levels: int) -> tuple[str, Layout]:
    return f'<html lang="en"><title>T</title>{"<div>" * levels}x{"</div>" * levels}</html>', PLAIN


def endless(rows: int) -> tuple[str, Layout]:
    """A table whose layout takes minutes and grows."""
    cells = "".join(f"<td colspan={n % 7 + 1}>{'word ' * 30}</td>" for n in range(30))
    return f'<html lang="en"><title>T</title><table>{f"<tr>{cells}</tr>" * rows}</table></html>', PLAIN


def test_letters_come_back_in_order_whatever_takes_how_long():
    pages = [page(f"number {n} " + "word " * (2000 if n == 0 else 1)) for n in range(6)]
    outcomes = list(render_many(pages, workers=2))
    assert [outcome.index for outcome in outcomes] == list(range(6))
    assert [f"number {n}" in raw_words_of(outcome.pdf) for n, outcome in enumerate(outcomes)] == [True] * 6


def test_the_bytes_are_those_of_one_by_one():
    letter = samples.letter("before_test", "pa")
    (outcome,) = render.render_many([letter], workers=1)
    assert outcome.pdf == render.render_pdf(letter)


def test_a_letter_that_takes_too_long_is_ended_and_the_rest_go_on():
    """Promise 26: 30 seconds in earnest, two here."""
    began = time.monotonic()
    outcomes = list(render_many([page("before"), endless(4000), page("after")], workers=1, seconds=3))
    assert time.monotonic() - began < 30
    assert [bool(outcome.pdf) for outcome in outcomes] == [True, False, True]
    assert outcomes[1].error == "The letter took longer than 3 seconds."


@pytest.mark.parametrize("rows", [3000, 20000], ids=["while it is set", "when it is handed over"])
def test_a_letter_that_wants_too_much_memory_is_ended_and_the_rest_go_on(rows):
    outcomes = list(render_many([page("before"), endless(rows), page("after")], workers=1, seconds=60, megabytes=150))
    assert [bool(outcome.pdf) for outcome in outcomes] == [True, False, True]
    assert "memory" in outcomes[1].error


def test_a_letter_nested_too_deeply_is_refused():
    outcomes = list(render_many([deep(5000), page("after")], workers=1))
    assert outcomes[0].pdf is None
    assert outcomes[0].error
    assert outcomes[1].pdf


def test_a_missing_character_is_told_by_the_worker():
    (outcome,) = render_many([page("private \ue123 use")], workers=1)
    assert outcome.pdf is None
    assert "U+E123" in outcome.error or "would stand in" in outcome.error


def test_letters_are_asked_for_as_they_are_needed():
    """A run of any length needs little memory: only so many letters are in hand at once."""
    asked = []

    def pages():
        for number in range(40):
            asked.append(number)
            yield page(str(number))

    outcomes = render_many(pages(), workers=2)
    next(outcomes)
    assert len(asked) <= 2 * 4 + 2
    outcomes.close()


def test_folders_that_killed_runs_left_are_removed_after_a_day(tmp_path, monkeypatch):
    monkeypatch.setattr(pool.tempfile, "tempdir", str(tmp_path))
    old, new, other = (tmp_path / name for name in ("elplan-letters-old", "elplan-letters-new", "something-else"))
    for folder in (old, new, other):
        folder.mkdir()
    for folder in (old, other):
        os.utime(folder, (time.time() - 100_000,) * 2)
    list(render_many([page("one")], workers=1))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["elplan-letters-new", "something-else"]


# --- one file for the printer ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def three() -> list[bytes]:
    letters = (samples.letter("annual", "es"), samples.letter("before_test", "pa"), samples.letter("annual", "en"))
    return [render.render_pdf(letter) for letter in letters]


def test_pages_and_words_of_all_letters_in_order(three):
    whole = merge(three)
    with opened(whole) as file:
        assert len(file.pages) == 4 + 2 + 2
        outline = file.open_outline()
        assert len(outline.root) == 3
    assert Counter(raw_words_of(whole).split()) == sum((Counter(raw_words_of(one).split()) for one in three), Counter())


def test_tags_and_languages_are_kept(three):
    with opened(merge(three)) as whole:
        elements = list(tags_of(whole))
        spoken = [str(element.Lang) for element in elements if "/Lang" in element]
        ids = [str(element.ID) for element in elements if "/ID" in element]
        numbers = [int(page.obj.StructParents) for page in whole.pages]
        parents = dict(zip(*[iter(list(whole.Root.StructTreeRoot.ParentTree.Nums))] * 2, strict=True))
        assert bool(whole.Root.MarkInfo.Marked)
        alone = []
        for one in three:
            with opened(one) as letter:
                alone.append(len(list(tags_of(letter))))
        for number, page_ in zip(numbers, whole.pages, strict=True):
            owners = parents[number]
            assert all(owner.Pg.objgen == page_.obj.objgen for owner in owners if "/Pg" in owner)
    assert len(elements) == sum(alone)
    assert [code for code, before in zip(spoken, [None, *spoken], strict=False) if code != before] == [
        "es", "en", "pa", "en",
    ]  # fmt: skip
    assert len(ids) == len(set(ids))
    assert len(numbers) == len(set(numbers))


def test_headers_of_tables_still_name_the_cells_of_their_own_letter(three):
    with opened(merge(three)) as whole:
        elements = list(tags_of(whole))
        ids = {str(element.ID) for element in elements if "/ID" in element}
        cells = [element.A for element in elements if "/A" in element and "/Headers" in element.A]
        named = [str(name) for cell in cells for name in cell.Headers]
    assert named
    assert set(named) <= ids


def test_the_same_letters_give_the_same_file(three):
    assert merge(three) == merge(three)
    assert merge(three) != merge(three[:2])


def test_on_both_sides_every_letter_begins_on_a_new_sheet():
    one_page = render.render_pdf(samples.letter("before_test", "en"))
    two_pages = render.render_pdf(samples.letter("before_test", "es"))
    with opened(merge([one_page, two_pages, one_page], double_sided=True)) as whole:
        texts = [len(page.get("/Contents").read_bytes()) if "/Contents" in page else 0 for page in whole.pages]
    assert [size > 0 for size in texts] == [True, False, True, True, True, False]


def test_nothing_to_print_is_said():
    with pytest.raises(ValueError, match="no letter to print"):
        merge([])


def test_the_library_is_the_one_the_hooks_were_tested_with(monkeypatch):
    from notifications.pdf import hooks

    monkeypatch.setattr(hooks, "_installed", False)
    monkeypatch.setattr(hooks.weasyprint, "__version__", "71.0")
    with pytest.raises(RuntimeError, match="tested with 70"):
        hooks.install()
    assert issubclass(pdf.MissingGlyph, pdf.LetterRefused)
