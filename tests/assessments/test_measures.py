"""Local measures: the catalog, values for grade level, the grid, the watch list, a teacher's pages."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assessments.actions import measures as results
from assessments.actions import schemes
from assessments.actions.measures import Cell
from assessments.loaders import load_measures
from assessments.models import LocalMeasure, LocalResult, Mark, MarkScale, MeasureScheme, MeasureWindow
from assessments.queries.classes import groups, lines
from assessments.queries.growth import Asked, shares
from assessments.queries.measures import newest, not_configured
from assessments.queries.watch import watch_lines, watched
from district import entries
from district.access import may_open
from district.models import Entry, Look
from district.refusal import NotAllowed, Refusal
from students.models import Enrollment
from tests.assessments.conftest import D

ON = D("2026-11-24")


@pytest.fixture(autouse=True)
def today(monkeypatch, alder):
    monkeypatch.setattr(timezone, "localdate", lambda *given: ON)
    load_measures()


@pytest.fixture
def sri():
    return LocalMeasure.objects.get(slug="sri")


@pytest.fixture
def klass(english_learner, tomas):
    """Three English learners of grade 5 in Tomas's class."""
    children = [english_learner(first_name=name) for name in ("Asha", "Bina", "Cesar")]
    Enrollment.objects.update(teacher=tomas)
    return children


@pytest.fixture
def set_sri(rosa, sri):
    def make(value="830", *, window="", valid_from="2026-07-01"):
        return schemes.set_scheme(
            by=rosa,
            measure=sri,
            window=window,
            typed={"05": value},
            valid_from=D(valid_from),
            source="Council, 1 July 2026",
        )

    return make


@pytest.fixture
def enter(tomas, sri):
    def make(cells, *, measure=None, window="boy", on="2026-09-08", by=None, keep_day=False):
        said = {
            child.pk if hasattr(child, "pk") else child: cell if isinstance(cell, Cell) else Cell(cell)
            for child, cell in cells.items()
        }
        return results.record_local_results(
            by=by or tomas, measure=measure or sri, window=window, taken_on=D(on), cells=said, keep_day=keep_day
        )

    return make


@pytest.mark.plan("MP3-01", "MP3-02", "MP3-03", "MP3-04", "MP3-05", "MP3-06", "MP3-07", "MP3-08", "MP3-09", "MP3-13")
def test_the_catalog_holds_what_the_plan_names_and_configures_nothing(rosa, client):
    known = set(LocalMeasure.objects.values_list("slug", flat=True))
    assert {
        "ela_benchmark", "math_benchmark", "eld_benchmark", "sri", "dibels_orf_words_correct", "ilit_ell", "writing",
        "caaspp_interim_ela", "caaspp_ela", "caaspp_math", "caa_ela", "caa_math", "marks",
    } <= known  # fmt: skip
    assert not MeasureScheme.objects.exists()
    client.force_login(rosa)
    page = client.get(reverse("measures")).content.decode()
    assert page.count("not configured") == len(known) - 1  # marks have their table
    assert {each["measure"].slug for each in not_configured(ON)} >= {"sri", "caaspp_math"}
    assert all(change.new == 0 and change.changed == 0 for change in load_measures())


def test_a_new_value_ends_the_old_one_and_can_be_put_back(set_sri, rosa, sri):
    set_sri("830", valid_from="2025-07-01")
    set_sri("800", valid_from="2026-07-01")
    rows = list(MeasureScheme.objects.order_by("valid_from").values_list("at_grade_level", "valid_from", "valid_to"))
    assert rows == [
        (Decimal(830), D("2025-07-01"), D("2026-06-30")),
        (Decimal(800), D("2026-07-01"), None),
    ]
    with pytest.raises(Refusal, match="holds from Wed 1 Jul 2026 already"):
        set_sri("810", valid_from="2026-07-01")
    with pytest.raises(Refusal, match="Nothing was changed"):
        set_sri("800", valid_from="2026-09-01")
    entries.put_back(Entry.objects.latest("pk").pk, by=rosa, reason="mistyped")
    assert list(MeasureScheme.objects.values_list("at_grade_level", "valid_to")) == [(Decimal(830), None)]
    set_sri("", valid_from="2026-09-01")
    assert MeasureScheme.objects.on(ON).get().at_grade_level is None  # not configured from that day on


def test_a_published_table_holds_only_after_the_district_takes_it(rosa, tomas):
    with pytest.raises(NotAllowed):
        schemes.adopt(by=tomas, slug="dibels_8th", valid_from=D("2026-08-12"))
    made = schemes.adopt(by=rosa, slug="dibels_8th", valid_from=D("2026-08-12"))
    assert len(made) == 108
    one = MeasureScheme.objects.get(measure__slug="dibels_orf_words_correct", grade="02", window="eoy")
    assert (one.at_grade_level, one.certainty) == (94, "sourced")
    assert "8th edition" in one.source
    with pytest.raises(Refusal, match="holds already"):
        schemes.adopt(by=rosa, slug="dibels_8th", valid_from=D("2026-10-01"))


def test_windows_are_set_for_many_measures_at_once(rosa):
    rows = list(LocalMeasure.objects.filter(slug__in=("sri", "writing", "ela_benchmark")))
    days = {"boy": (D("2026-08-24"), D("2026-09-18")), "t1": (None, None)}
    schemes.set_windows(by=rosa, measures=rows, year="2026-27", dates=days)
    assert set(MeasureWindow.objects.values_list("measure__slug", "window")) == {("sri", "boy"), ("writing", "boy")}
    for wrong, why in (
        ({"boy": (D("2026-08-24"), None)}, "missing"),
        ({"boy": (D("2026-09-24"), D("2026-08-24"))}, "closes before it opens"),
        ({"boy": (D("2026-06-24"), D("2026-08-24"))}, "not in the school year 2026-27"),
    ):
        with pytest.raises(Refusal, match=why):
            schemes.set_windows(by=rosa, measures=rows, year="2026-27", dates=wrong)


@pytest.mark.plan("MP3-03", "MP3-04", "MP3-05", "MP3-06", "MP3-07")
def test_each_row_of_the_grid_is_saved_for_itself(klass, enter, tomas):
    asha, bina, cesar = klass
    written = enter({asha: "640L", bina: "6400", cesar: Cell(not_taken="absent", note="flu")})
    assert written.saved == [asha.pk, cesar.pk]
    assert "Values go from -400 to 2000" in str(written.refused[bina.pk])
    rows = dict(LocalResult.objects.values_list("student__first_name", "value"))
    assert rows == {"Asha": Decimal(640), "Cesar": None}
    again = enter({asha: "640", bina: "810", cesar: Cell(not_taken="absent", note="flu")})
    assert again.saved == [bina.pk]  # what stands as it was is left alone
    entry = Entry.objects.get(kind=results.LOCAL_RESULTS)  # typed one after another: one entry
    assert entry.summary.endswith("3 results entered")
    enter({asha: ""})
    assert not LocalResult.objects.filter(student=asha).exists()
    entries.put_back(entry.pk, by=tomas, reason="wrong class")
    assert not LocalResult.objects.exists()


def test_a_later_change_keeps_an_entry_from_being_put_back(klass, enter, tomas, rosa):
    asha = klass[0]
    enter({asha: "640"})
    entry = Entry.objects.get(kind=results.LOCAL_RESULTS)
    enter({asha: "700"}, by=rosa)
    with pytest.raises(Refusal, match="was changed"):
        entries.put_back(entry.pk, by=tomas, reason="typo")
    entries.put_back(Entry.objects.get(kind=results.LOCAL_RESULTS, made_by=rosa).pk, by=rosa, reason="typo")
    assert LocalResult.objects.get().value == 640


def test_what_the_grid_refuses(klass, enter, english_learner, tomas, nadia):
    asha = klass[0]
    with pytest.raises(Refusal, match="has not come yet"):
        enter({asha: "640"}, on="2026-11-25")
    with pytest.raises(Refusal, match="is not taken then"):
        enter({asha: "640"}, window="t1")
    with pytest.raises(Refusal, match="comes with files only"):
        enter({asha: "3"}, measure=LocalMeasure.objects.get(slug="caaspp_ela"))
    stranger = english_learner(first_name="Elsewhere")
    written = enter({stranger: "640"})
    assert isinstance(written.refused[stranger.pk], NotAllowed)
    early = enter({asha: "30"}, measure=LocalMeasure.objects.get(slug="dibels_fsf"))
    assert "is given from kindergarten to kindergarten" in str(early.refused[asha.pk])
    both = enter({asha: Cell("640", "absent")})
    assert "a value and a reason" in str(both.refused[asha.pk])
    assert not LocalResult.objects.exists()


def test_the_page_keeps_what_was_typed_and_reads_a_pasted_column(klass, tomas, client, sri):
    asha, bina, cesar = klass
    client.force_login(tomas)
    address = reverse("measure_enter", args=["sri"])
    sent = {"taken_on": "9/8/26", f"value-{asha.pk}": "640", f"value-{bina.pk}": "lots", f"value-{cesar.pk}": ""}
    page = client.post(address, sent).content.decode()
    assert 'value="lots"' in page
    assert "is no number" in page
    assert LocalResult.objects.get().student == asha
    preview = client.post(address, {"paste": "1", "column": "650\n\n9999", "taken_on": "9/8/26"}).content.decode()
    assert "Not saved yet." in preview
    assert 'value="650"' in preview
    assert "Values go from" in preview
    assert LocalResult.objects.get().value == 640
    wrong = client.post(address, {"paste": "1", "column": "Lexile\n650\n\n700", "taken_on": "9/8/26"}).content.decode()
    assert "4 lines were pasted for 3 children" in wrong
    row = reverse("measure_enter_row", args=["sri", bina.pk]) + "?window=boy"
    assert "saved" in client.post(row, {"taken_on": "9/8/26", f"value-{bina.pk}": "810"}).content.decode()
    assert "no number" in client.post(row, {"taken_on": "9/8/26", f"value-{bina.pk}": "x"}).content.decode()


@pytest.mark.plan("MP2-02")
def test_the_watch_list_finds_newest_values_below_and_marks_below_c(klass, enter, set_sri, rosa, ruth, enroll):
    asha, bina, cesar = klass
    enter({asha: "640", bina: "900", cesar: "700"})
    assert not watched(ruth, ON).exists()  # not configured finds nobody
    set_sri("830")
    assert set(watched(ruth, ON)) == {asha, cesar}
    enter({cesar: "850"}, window="moy", on="2026-11-20")
    assert set(watched(ruth, ON)) == {asha}  # only the newest counts
    set_sri("600", window="boy", valid_from="2026-08-12")
    assert not watched(ruth, ON).exists()  # the window's own value wins over the one for every window
    set_sri("", window="boy", valid_from="2026-09-01")
    assert not watched(ruth, ON).exists()  # also where it says that nothing is configured
    set_sri("830", window="boy", valid_from="2026-10-01")
    assert set(watched(ruth, ON)) == {asha}
    Mark.objects.create(
        student=bina, year="2026-27", term="t1", course="Mathematics", subject="math", mark="C-",
        taken_on=D("2026-11-06"), recorded_by=rosa,
    )  # fmt: skip
    Mark.objects.create(
        student=cesar, year="2026-27", term="t1", course="Mathematics", subject="math", mark="NM",
        taken_on=D("2026-11-06"), recorded_by=rosa,
    )  # fmt: skip
    english = enroll(first_name="Only", grade="05", birth_date=D("2016-03-14"), starts=D("2026-08-12"))
    enter({english: "200"}, by=rosa)
    assert set(watched(ruth, ON)) == {asha, bina}
    said = {line.student: [str(each.finding) for each in line.below] for line in watch_lines([asha, bina], ON)}
    assert said == {
        asha: ["640 Lexile, below 830, where grade level begins."],
        bina: ["Mark C-, below C."],
    }
    outcomes = {each.name: each.finding.outcome for each in newest([cesar.pk], ON)[cesar.pk]}
    assert outcomes == {"Reading Inventory (SRI)": "met", "Mathematics": "not_configured"}


@pytest.mark.plan("MP3-10", "MP3-14")
def test_a_teacher_sees_the_own_class_in_lists_groups_and_sheet(klass, enter, set_sri, english_learner, tomas, client):
    asha, bina, cesar = klass
    set_sri("830")
    enter({asha: "640", bina: "900"})
    stranger = english_learner(first_name="Stranger")
    client.force_login(tomas)
    assert [group.label for group in groups(tomas, ON)] == ["Grade 5, Tomas Example, Alder (3)"]
    for name in ("classes", "class_groups", "class_sheet", "watch_list"):
        page = client.get(reverse(name)).content.decode()
        assert "Asha Gill" in page, name
        assert "Stranger" not in page, name
    piles = client.get(reverse("class_groups"), {"by": "sri"}).context["piles"]
    assert [(pile.title, [line.student for line, _note in pile.rows]) for pile in piles] == [
        ("Below grade level", [asha]),
        ("At grade level", [bina]),
        ("Nothing entered", [cesar]),
    ]
    assert client.get(reverse("growth_child", args=[stranger.pk])).status_code == 404
    looked = Look.objects.filter(user=tomas, what="opened the class list").values_list("student_id", flat=True)
    assert set(looked) == {asha.pk, bina.pk, cesar.pk}


def test_a_duty_of_somebody_else_is_named_to_the_teacher_and_not_linked(klass, tomas, client):
    client.force_login(tomas)
    response = client.get(reverse("classes"))
    links = set(re.findall(r'href="([^"#?]+)', response.content.decode()))
    shown = [duty for line in response.context["lines"] for duty, _due in line["clocks"]]
    others = [duty for duty in shown if not may_open(tomas, duty.url)]
    assert others
    assert not links & {duty.url for duty in others}


def test_a_class_costs_as_many_queries_for_three_as_for_one(klass, tomas, django_assert_num_queries):
    with CaptureQueriesContext(connection) as one:
        lines(klass[:1], tomas, ON, clocks=False)
    with django_assert_num_queries(len(one)):
        lines(klass, tomas, ON, clocks=False)


@pytest.mark.plan("MP1-18")
def test_growth_of_a_school_opens_its_lists(klass, from_state, ruth, client):
    asha, bina, cesar = klass
    for child, before, after in ((asha, "2", "3"), (bina, "3", "3"), (cesar, None, "2")):
        for year, level in (("2024-25", before), ("2025-26", after)):
            if level:
                from_state(
                    child, level, test="summative_elpac", administration=year, sets_status=False,
                    tested_on=D(f"{year[:4]}-03-10"), received_on=D(f"20{year[5:]}-06-25"),
                )  # fmt: skip
    overall = shares(ruth, Asked("summative_elpac", "2024-25", "2025-26"))[0]
    assert (overall.up, overall.same, overall.down, overall.not_compared) == (1, 1, 0, 1)
    client.force_login(ruth)
    page = client.get(reverse("growth")).content.decode()
    assert "<title id=" in page
    assert "Share of matched children" in page
    listed = client.get(reverse("growth_list"), {"measure": "overall", "outcome": "up"}).content.decode()
    assert "Asha Gill" in listed
    assert "Bina Gill" not in listed
    child = client.get(reverse("growth_child", args=[asha.pk])).content.decode()
    assert "<polyline" in child
    assert "Level 3 of 4, Moderately Developed" in child
    paper = client.get(reverse("growth_child_pdf", args=[asha.pk]))
    assert paper.headers["Content-Type"] == "application/pdf"
    assert paper.content.startswith(b"%PDF")


def test_only_the_office_changes_measures_and_marks(rosa, tomas, client):
    client.force_login(tomas)
    for name, args in (("measure_add", []), ("measure_windows", []), ("measure_adopt", ["caaspp"])):
        assert client.get(reverse(name, args=args)).status_code == 404
    for name, args in (("mark_scale", []), ("measure", ["sri"])):
        answer = client.post(reverse(name, args=args), {"mark": "P", "meets": "yes", "scheme": "1", "grade_05": "1"})
        assert "Your roles do not let you" in answer.content.decode()
    assert not MarkScale.objects.filter(mark="P").exists()
    assert not MeasureScheme.objects.exists()
    client.force_login(rosa)
    sent = {"mark": "p", "meets": "yes", "valid_from": "8/12/26", "source": "Council"}
    assert client.post(reverse("mark_scale"), sent).status_code == 302
    mine = {
        "name": "Oral reading check", "slug": "oral_check", "subject": "ela", "value_type": "level",
        "levels_typed": "Below\nAt\nAbove", "grade_from": "01", "grade_to": "03", "windows_taken": ["boy"],
        "is_offered": "on", "source": "Council",
    }  # fmt: skip
    assert client.post(reverse("measure_add"), mine).status_code == 302
    assert LocalMeasure.objects.get(slug="oral_check").levels == ["Below", "At", "Above"]


def test_a_value_typed_over_another_keeps_its_day_unless_one_is_named(klass, enter):
    child = next(iter(klass))
    enter({child: "640"}, on="2026-09-01")
    assert enter({child: "650"}, on="2026-09-08", keep_day=True).replaced == {child.pk: D("2026-09-01")}
    assert LocalResult.objects.get(student=child).taken_on == D("2026-09-01")
    enter({child: "660"}, on="2026-09-08")
    assert LocalResult.objects.get(student=child).taken_on == D("2026-09-08")
