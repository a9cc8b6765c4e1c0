"""The district's choices about local measures: what is given, when, and from where a child is at grade level (D-08)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from assessments.candidates import candidate
from assessments.enums import Window
from assessments.models import LocalMeasure, MarkScale, MeasureScheme, MeasureWindow
from assessments.queries.measures import scale_of
from assessments.rules.measures import read_value
from district import entries
from district.access import demand
from district.calendar import year_name
from district.enums import Certainty, Grade
from district.history import acting
from district.models import Entry, User
from district.permissions import Permission
from district.refusal import Refusal
from district.wording import long_day

SCHEME = "measure_scheme"
MARKS = "mark_scale"
P = Permission


@dataclass(frozen=True)
class NewCut:
    """From where a child of a grade is at grade level; neither value nor level: not configured from that day on."""

    measure: LocalMeasure
    grade: str
    window: str
    value: Decimal | None = None
    level: str = ""
    source: str = ""
    certainty: str = Certainty.DISTRICT


def set_scheme(
    *,
    by: User,
    measure: LocalMeasure,
    window: str,
    typed: Mapping[str, str],
    valid_from: date,
    source: str,
) -> list[MeasureScheme]:
    """Set the values of some grades from a day on, as typed by grade; an emptied one is not configured from then on.

    Nothing is overwritten: the row that holds ends the day before. What already stands so is left alone.
    """
    if not source.strip():
        raise Refusal(_("Who has decided this?"), _("Name the decision and its day."), field="source")
    cuts = []
    for grade, text in typed.items():
        value, level = None, ""
        if text.strip():
            try:
                value, level = read_value(text, scale_of(measure))
            except Refusal as refusal:
                raise Refusal(refusal.message, refusal.mend, field=f"grade_{grade}") from refusal
        cuts.append(NewCut(measure, grade, window, value, level, source.strip()))
    summary = _("%(measure)s: where grade level begins, from %(day)s") % {
        "measure": measure,
        "day": long_day(valid_from),
    }
    made = set_cuts(by=by, cuts=cuts, valid_from=valid_from, summary=summary)
    if not made:
        raise Refusal(_("Nothing was changed: all of it holds already."), _("Change a value, or leave the page."))
    return made


def set_cuts(*, by: User, cuts: Sequence[NewCut], valid_from: date, summary: str) -> list[MeasureScheme]:
    """Write new rows and end those that hold, as one entry that can be put back."""
    with transaction.atomic(), acting(by, summary):
        demand(by, P.MANAGE_DISTRICT)
        held = _held(cuts, valid_from)
        made, ended = [], []
        for cut in cuts:
            before = held.get((cut.measure.pk, cut.grade, cut.window))
            if before is None and cut.value is None and not cut.level:
                continue
            if before and (before.at_grade_level, before.at_level) == (cut.value, cut.level):
                continue
            if before:
                if before.valid_from >= valid_from:
                    raise _too_early(before)
                before.valid_to = valid_from - timedelta(days=1)
                ended.append(before)
            made.append(_row(cut, valid_from, by))
        MeasureScheme.objects.bulk_update(ended, ["valid_to"])
        MeasureScheme.objects.bulk_create(made)
        if made:
            entries.enter(
                by=by,
                kind=SCHEME,
                summary=summary,
                made=[row.pk for row in made],
                ended=[row.pk for row in ended],
            )
    return made


def _held(cuts: Sequence[NewCut], valid_from: date) -> dict[tuple[int, str, str], MeasureScheme]:
    """The rows without an end, locked."""
    rows = MeasureScheme.objects.select_for_update().filter(
        measure__in={cut.measure.pk for cut in cuts}, valid_to__isnull=True
    )
    return {(row.measure_id, row.grade, row.window): row for row in rows}


def _too_early(before: MeasureScheme) -> Refusal:
    return Refusal(
        _("A value for %(grade)s holds from %(day)s already.")
        % {"grade": Grade(before.grade).label, "day": long_day(before.valid_from)},
        _("Let the new one begin later, or put the old entry back."),
        field="valid_from",
    )


def _row(cut: NewCut, valid_from: date, by: User) -> MeasureScheme:
    return MeasureScheme(
        measure=cut.measure,
        grade=cut.grade,
        window=cut.window,
        at_grade_level=cut.value,
        at_level=cut.level,
        valid_from=valid_from,
        source=cut.source,
        certainty=cut.certainty,
        recorded_by=by,
    )


def put_back_scheme(entry: Entry, by: User) -> None:
    """The rows out again, and those before them hold again, unless later rows stand on them."""
    demand(by, P.MANAGE_DISTRICT)
    made = list(MeasureScheme.objects.select_for_update().filter(pk__in=entry.data["made"]))
    followed = next((row for row in made if row.valid_to), None)
    if followed:
        raise Refusal(
            _("The value for %(grade)s was replaced from %(day)s on.")
            % {"grade": followed.get_grade_display(), "day": long_day(followed.valid_to + timedelta(days=1))},
            _("Put the later entry back first."),
        )
    MeasureScheme.objects.filter(pk__in=[row.pk for row in made]).delete()
    MeasureScheme.objects.filter(pk__in=entry.data["ended"]).update(valid_to=None)


def set_windows(
    *,
    by: User,
    measures: Sequence[LocalMeasure],
    year: str,
    dates: Mapping[str, tuple[date | None, date | None]],
) -> list[MeasureWindow]:
    """Open the windows of a school year for one measure or several; a window left empty is taken out.

    Refusal: one day without the other, days in the wrong order or outside the school year, a window a measure has not.
    """
    with transaction.atomic(), acting(by, _("windows of local measures")):
        demand(by, P.MANAGE_DISTRICT)
        kept = []
        for window, (opens, closes) in dates.items():
            if opens is None and closes is None:
                MeasureWindow.objects.filter(measure__in=measures, year=year, window=window).delete()
                continue
            _check_window(window, opens, closes, year)
            for measure in measures:
                if window in measure.windows:
                    days = {"opens": opens, "closes": closes}
                    key = {"measure": measure, "year": year, "window": window}
                    kept.append(MeasureWindow.objects.update_or_create(**key, defaults=days)[0])
    return kept


def _check_window(window: str, opens: date | None, closes: date | None, year: str) -> None:
    name = Window(window).label
    if opens is None or closes is None:
        raise Refusal(
            _("One day of the window “%(window)s” is missing.") % {"window": name},
            _("Give both days, or neither."),
            field=f"{window}_{'opens' if opens is None else 'closes'}",
        )
    if closes < opens:
        raise Refusal(
            _("The window “%(window)s” closes before it opens.") % {"window": name},
            _("Look at both days."),
            field=f"{window}_closes",
        )
    for name_of, day in (("opens", opens), ("closes", closes)):
        if year_name(day) != year:
            raise Refusal(
                _("%(day)s is not in the school year %(year)s.") % {"day": long_day(day), "year": year},
                _("A school year goes from 1 July to 30 June."),
                field=f"{window}_{name_of}",
            )


def save_measure(*, by: User, measure: LocalMeasure) -> LocalMeasure:
    """Add a measure to the catalog, or change one; it is the district's own from then on.

    Refusal: lowest above highest, grades in the wrong order, no window, levels taken away that results have.
    """
    with transaction.atomic(), acting(by, _("catalog of local measures")):
        demand(by, P.MANAGE_DISTRICT)
        _check_measure(measure)
        measure.certainty = Certainty.DISTRICT
        measure.save()
    return measure


def _check_measure(measure: LocalMeasure) -> None:
    if measure.lowest is not None and measure.highest is not None and measure.lowest > measure.highest:
        raise Refusal(_("The lowest value is above the highest."), _("Exchange them."), field="lowest")
    if Grade(measure.grade_from).rank > Grade(measure.grade_to).rank:
        raise Refusal(_("The grades are in the wrong order."), _("Exchange them."), field="grade_from")
    if not measure.windows:
        raise Refusal(_("When is it taken?"), _("Tick at least one."), field="windows")
    if measure.pk and measure.levels:
        used = set(measure.results.exclude(level="").values_list("level", flat=True))
        if lost := sorted(used - set(measure.levels)):
            raise Refusal(
                _("Results have the level %(levels)s.") % {"levels": ", ".join(lost)},
                _("Keep it among the levels."),
                field="levels_typed",
            )


def set_mark(*, by: User, mark: str, meets: bool, valid_from: date, source: str) -> MarkScale:
    """Say from a day on whether a mark is "C or better" (D-10); the row before it ends the day before."""
    name = mark.strip().upper()
    if not name:
        raise Refusal(_("Which mark?"), _("Type it as the gradebook writes it."), field="mark")
    if not source.strip():
        raise Refusal(_("Who has decided this?"), _("Name the decision and its day."), field="source")
    with transaction.atomic(), acting(by, _("meaning of a mark")):
        demand(by, P.MANAGE_DISTRICT)
        before = MarkScale.objects.select_for_update().filter(mark=name, valid_to__isnull=True).first()
        if before and before.valid_from >= valid_from:
            raise Refusal(
                _("%(mark)s has a meaning from %(day)s already.") % {"mark": name, "day": long_day(before.valid_from)},
                _("Let the new one begin later."),
                field="valid_from",
            )
        if before:
            before.valid_to = valid_from - timedelta(days=1)
            before.save(update_fields=["valid_to"])
        row = MarkScale.objects.create(
            mark=name, meets=meets, valid_from=valid_from, source=source.strip(), certainty=Certainty.DISTRICT
        )
        said = _("C or better") if meets else _("below C")
        summary = _("Mark %(mark)s is %(said)s from %(day)s") % {
            "mark": name,
            "said": said,
            "day": long_day(valid_from),
        }
        entries.enter(by=by, kind=MARKS, summary=summary, made=row.pk, ended=before.pk if before else None)
    return row


def put_back_mark(entry: Entry, by: User) -> None:
    """The meaning out again, and the one before it holds again."""
    demand(by, P.MANAGE_DISTRICT)
    row = MarkScale.objects.select_for_update().filter(pk=entry.data["made"]).first()
    if row and row.valid_to:
        raise Refusal(_("The mark got another meaning later."), _("Put the later entry back first."))
    if row:
        row.delete()
    MarkScale.objects.filter(pk=entry.data["ended"]).update(valid_to=None)


def adopt(*, by: User, slug: str, valid_from: date) -> list[MeasureScheme]:
    """Take a published table as the district's own choice from a day on, with its source and certainty (D-08)."""
    table = candidate(slug)
    if table is None:
        raise Refusal(_("There is no such table."), _("Choose one on the page of the measure."))
    measures = {row.slug: row for row in LocalMeasure.objects.filter(slug__in=table.measures)}
    cuts = [
        NewCut(measures[row.measure], row.grade, row.window, row.value, row.level, row.source, row.certainty)
        for row in table.rows
        if row.measure in measures
    ]
    summary = _("%(table)s, taken from %(day)s") % {"table": table.title, "day": long_day(valid_from)}
    made = set_cuts(by=by, cuts=cuts, valid_from=valid_from, summary=summary)
    if not made:
        raise Refusal(_("All of it holds already."), _("Nothing is to be done."))
    return made
