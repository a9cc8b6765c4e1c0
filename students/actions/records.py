"""Records of a former California district: asked for, received, entered (MP1-45 to MP1-51, D-03, D-04)."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from district import entries
from district.history import acting
from district.models import Entry, Language, User
from district.permissions import Permission
from district.refusal import Refusal
from district.wording import long_day
from students import standing
from students.actions.guard import lock_student
from students.actions.statuses import take_back_number, write_status
from students.enums import AttemptChannel, ElStatus, StatusSource
from students.models import LanguageStatus, RecordsAttempt, RecordsRequest, Student

ATTEMPT = "records_attempt"
RECEIVED = "records_received"
RECORDS = "records"
BOXES = ("survey_received_on", "scores_received_on", "status_received_on")


def log_records_attempt(
    *, by: User, request: RecordsRequest, on: date, channel: AttemptChannel | str, outcome: str
) -> RecordsAttempt:
    """Note an attempt to reach the former district (MP1-48). The first one is the day of the request."""
    with transaction.atomic(), acting(by, _("records of the former district")):
        child, asked = _lock(request, by)
        _must_be_open(asked)
        if on < asked.enrollment.starts:
            raise Refusal(
                _("The child was enrolled on %(day)s; the attempt is older.")
                % {"day": long_day(asked.enrollment.starts)},
                _("Give the day of the attempt."),
                field="on",
            )
        attempt = RecordsAttempt.objects.create(request=asked, on=on, channel=channel, outcome=outcome, made_by=by)
        was = asked.requested_on
        if was is None or on < was:
            asked.requested_on = on
            asked.save(update_fields=["requested_on"])
        _enter(by, child, ATTEMPT, _("Attempt to get the records of %(name)s"), attempt=attempt.pk)
    return attempt


def mark_records_received(
    *,
    by: User,
    request: RecordsRequest,
    survey_on: date | None = None,
    scores_on: date | None = None,
    status_on: date | None = None,
) -> RecordsRequest:
    """Tick which of the three things have come, and when (MP1-47). None takes a tick away again."""
    with transaction.atomic(), acting(by, _("records of the former district")):
        child, asked = _lock(request, by)
        _must_be_open(asked)
        before = {name: _iso(getattr(asked, name)) for name in BOXES}
        asked.survey_received_on, asked.scores_received_on, asked.status_received_on = survey_on, scores_on, status_on
        asked.save(update_fields=list(BOXES))
        _enter(by, child, RECEIVED, _("Records of %(name)s received"), request=asked.pk, before=before)
    return asked


def enter_records(
    *,
    by: User,
    request: RecordsRequest,
    on: date,
    status: ElStatus | str | None,
    status_since: date | None = None,
    place: str = "",
    first_california_on: date | None = None,
    primary_language: Language | None = None,
    note: str = "",
) -> RecordsRequest:
    """Enter what the records say; the status counts with its own day and place, any status (D-03, D-04).

    status None: the former district has given none. Then the child goes the initial way, survey first. Refusal: the
    records are entered already, a status without its day, a day in the future of `on`.
    """
    with transaction.atomic(), acting(by, _("records of the former district")):
        child, asked = _lock(request, by)
        _must_be_open(asked)
        given = _status_of_records(by, child, asked, status, status_since, place, on) if status else None
        waiting = None if given else _stop_waiting(child)
        before = _fill_in(child, first_california_on, primary_language)
        asked.entered_on, asked.entered_by, asked.note = on, by, note
        asked.save(update_fields=["entered_on", "entered_by", "note"])
        _enter(
            by,
            child,
            RECORDS,
            _("Records of %(name)s entered"),
            request=asked.pk,
            sequence=given.sequence if given else None,
            waiting=waiting,
            before=before,
        )
    return asked


def _status_of_records(
    by: User,
    child: Student,
    asked: RecordsRequest,
    status: ElStatus | str,
    since: date | None,
    place: str,
    on: date,
) -> LanguageStatus:
    if since is None:
        raise Refusal(
            _("The day from which the status holds is missing."),
            _("It stands in the former district's record; ask for it if it does not."),
            field="status_since",
        )
    if since > on:
        raise Refusal(
            _("The status cannot begin after the records were entered."), _("Check the day."), field="status_since"
        )
    if since < child.birth_date:
        raise Refusal(
            _("The status cannot begin before the child was born."), _("Check the day."), field="status_since"
        )
    place = place or asked.enrollment.former_district
    return write_status(
        by=by,
        child=child,
        status=ElStatus(status),
        starts=since,
        source=StatusSource.RECORDS,
        place=place,
        reason=_("%(status)s since %(day)s by the records of %(place)s.")
        % {"status": ElStatus(status).label, "day": long_day(since), "place": place or _("the former district")},
    )


def _stop_waiting(child: Student) -> int | None:
    """There is no status to wait for: the one to be determined is now this district's. Its id, for putting back."""
    last = LanguageStatus.objects.filter(student=child, ends__isnull=True, is_provisional=True).first()
    if last is None:
        return None
    last.is_provisional = False
    last.save(update_fields=["is_provisional"])
    return last.pk


def _fill_in(child: Student, first_california_on: date | None, language: Language | None) -> dict[str, str | None]:
    """Take over what the records know of the child; what stood there before, for putting back."""
    before: dict[str, str | None] = {}
    if first_california_on:
        before["first_california_on"] = _iso(child.first_california_on)
        child.first_california_on = first_california_on
    if language:
        before["primary_language_id"] = child.primary_language_id
        child.primary_language = language
    if before:
        child.save(update_fields=[name.removesuffix("_id") for name in before])
    return before


def _lock(request: RecordsRequest, by: User) -> tuple[Student, RecordsRequest]:
    child = lock_student(request.student_id, by, Permission.RECORD_RECORDS)
    return child, RecordsRequest.objects.select_related("enrollment").get(pk=request.pk)


def _must_be_open(asked: RecordsRequest) -> None:
    if asked.entered_on:
        raise Refusal(
            _("The records were entered by %(who)s on %(day)s.")
            % {"who": asked.entered_by, "day": long_day(asked.entered_on)},
            _("Put that entry back first if something in it is wrong."),
        )


def _enter(by: User, child: Student, kind: str, summary: str, **data: object) -> None:
    entries.enter(
        by=by,
        kind=kind,
        summary=summary % {"name": child.name},
        student_id=child.pk,
        school_id=child.school.pk if child.school else None,
        **data,
    )


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def put_back_attempt(entry: Entry, by: User) -> None:
    """The attempt was not made; the day of the request is that of the oldest attempt left."""
    attempt = RecordsAttempt.objects.filter(pk=entry.data["attempt"]).select_related("request").first()
    if attempt is None:
        return
    _child, asked = _lock(attempt.request, by)
    attempt.delete()
    asked.requested_on = asked.attempts.order_by("on").values_list("on", flat=True).first()
    asked.save(update_fields=["requested_on"])


def put_back_received(entry: Entry, by: User) -> None:
    """The boxes are ticked as they were before."""
    asked = RecordsRequest.objects.get(pk=entry.data["request"])
    _child, asked = _lock(asked, by)
    _must_be_open(asked)
    for name in BOXES:
        setattr(asked, name, _day(entry.data["before"][name]))
    asked.save(update_fields=list(BOXES))


def put_back_records(entry: Entry, by: User) -> None:
    """The records are awaited again. Refusal where something already stands on the status they gave."""
    asked = RecordsRequest.objects.get(pk=entry.data["request"])
    child, asked = _lock(asked, by)
    if why := standing.stands_on(child, entry):
        raise Refusal(
            _("The records cannot be put back any more. %(why)s") % {"why": why},
            _("Enter a correction of the status with its reason."),
        )
    take_back_number(child, entry.data["sequence"])
    if entry.data["waiting"]:
        LanguageStatus.objects.filter(pk=entry.data["waiting"]).update(is_provisional=True)
    for name, was in entry.data["before"].items():
        setattr(child, name, _day(was) if name == "first_california_on" else was)
    child.save()
    asked.entered_on, asked.entered_by, asked.note = None, None, ""
    asked.save(update_fields=["entered_on", "entered_by", "note"])
