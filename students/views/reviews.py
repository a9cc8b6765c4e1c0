"""The principal's pages: the records to review, something that is wrong, the sample of folders, the signature."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from district.access import log_look, requires
from district.enums import TermSystem
from district.models import School, Term
from district.permissions import Permission
from district.queries import school_year
from district.refusal import Refusal
from district.said import say, say_refused
from students import actions, rules
from students.actions.guard import entry_of
from students.actions.reviews import statement_of
from students.enums import Looked
from students.forms.enrolling import schools_of
from students.forms.reviews import ChangeForm, FolderForm
from students.models import Attestation, AttestedFolder
from students.queries import child_head
from students.queries import reviews as reviewing
from students.views.pages import carry_out, child_or_404, head_of

P = Permission
ON_A_PAGE = 50
SHOWS = (
    ("", _lazy("waiting")),
    ("asked", _lazy("something is wrong, change not entered")),
    ("done", _lazy("found right")),
    ("all", _lazy("all")),
)


def numbers(values: list[str]) -> list[int]:
    """The numbers among what was ticked; what is none was offered by nobody."""
    return [int(value) for value in values if value.isascii() and value.isdigit() and len(value) < 19]


def chosen_school(request: HttpRequest, schools: list[School]) -> School | None:
    """The school of the address, if it is one of these."""
    asked = request.GET.get("school", "")
    return next((school for school in schools if str(school.pk) == asked), None)


@requires(P.REVIEW_RECORDS)
def review(request: HttpRequest) -> HttpResponse:
    """Every record of an English learner or reclassified child, with its evidence; those that are right are ticked."""
    on = timezone.localdate()
    if request.method == "POST":
        _confirm(request, on)
        return redirect(request.get_full_path())
    schools = list(schools_of(request.user, P.REVIEW_RECORDS))
    school, show = chosen_school(request, schools), request.GET.get("show", "")
    rows = reviewing.records_for(request.user, on)
    if school:
        rows = rows.filter(stay__school=school)
    waiting, asked = reviewing.waiting(on), reviewing.asked()
    counts = {"waiting": rows.filter(waiting).count(), "asked": rows.filter(asked).count(), "all": rows.count()}
    counts["done"] = counts["all"] - counts["waiting"] - counts["asked"]
    shown = {"done": rows.exclude(waiting | asked), "asked": rows.filter(asked), "all": rows}
    rows = shown.get(show, rows.filter(waiting))
    rows = rows.select_related("student__current_enrollment__school", "student__current_enrollment__teacher")
    page = Paginator(rows.order_by("student__search_key", "pk"), ON_A_PAGE).get_page(request.GET.get("page"))
    records = reviewing.records_of(list(page), on)
    log_look(request.user, [record.student.pk for record in records], _("reviewed the record"))
    context = {
        "title": _("Records to review"),
        "page_obj": page,
        "records": records,
        "schools": schools if len(schools) > 1 else [],
        "school": school,
        "shows": SHOWS,
        "show": show,
        "counts": counts,
        "seen": timezone.now().isoformat(),
    }
    return render(request, "students/review.html", context)


def _confirm(request: HttpRequest, on: date) -> None:
    """Note the ticked records as right; those that changed while the page was open stay, by name."""
    seen = _moment(request.POST.get("seen", ""))
    try:
        picked = numbers(request.POST.getlist("pick"))
        if not picked:
            raise Refusal(_("Nothing was ticked."), _("Tick the records that are right."))
        done = actions.confirm_records(by=request.user, students=picked, on=on, seen=seen)
    except Refusal as refusal:
        say_refused(request, refusal)
        return
    if done.number:
        said = ngettext("%(n)d record is noted as right.", "%(n)d records are noted as right.", done.number)
        say(request, said % {"n": done.number}, entry=entry_of(request.user, "records_reviewed"))
    if done.asked:
        names = ", ".join(done.asked)
        say_refused(
            request,
            Refusal(
                _("Something is wrong there, and the change is not entered: %(names)s.") % {"names": names},
                _("They are reviewed when the secretary has entered it."),
            ),
        )
    if done.changed:
        names = ", ".join(done.changed)
        say_refused(
            request,
            Refusal(
                _("Changed while the page was open, and left as waiting: %(names)s.") % {"names": names},
                _("Look again."),
            ),
        )


def _moment(typed: str) -> datetime | None:
    try:
        found = parse_datetime(typed)
    except ValueError:
        return None
    return found if found and timezone.is_aware(found) else None


@requires(P.REVIEW_RECORDS)
def change_ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Something in the child's record is wrong: ask the secretary to change it."""
    student = child_or_404(request, pk, P.REVIEW_RECORDS)
    on = timezone.localdate()
    back = f"{reverse('review')}?{request.GET.urlencode()}" if request.GET else reverse("child", args=[student.pk])
    form = ChangeForm(request.POST or None, leave_url=back)
    said = _("The secretary has it in the list of changes: %(name)s.") % {"name": student.name}
    if carry_out(
        request, form, actions.ask_for_change, said=said, entry="change_asked", about=student, student=student, on=on
    ):
        return redirect(back)
    rows = reviewing.records(on).filter(student=student).select_related("student")
    context = {
        "title": _("Something is wrong"),
        "student": student,
        "head": head_of(student, clocks=False),
        "form": form,
        "record": next(iter(reviewing.records_of(list(rows), on)), None),
        "tasks": student.change_tasks.select_related("asked_by", "entered_by").order_by("-asked_on", "-pk"),
    }
    return render(request, "students/change_ask.html", context)


@requires(P.REVIEW_RECORDS)
def attestations(request: HttpRequest) -> HttpResponse:
    """Each term of each school of the person, and the year: to be drawn, to be looked at, signed."""
    on = timezone.localdate()
    schools = list(schools_of(request.user, P.REVIEW_RECORDS))
    if request.method == "POST":
        drawn = _draw(request, schools, on)
        return redirect("attestation", drawn.pk) if drawn else redirect(request.get_full_path())
    year = school_year(on)
    terms = list(Term.objects.filter(year=year).order_by("number")) if year else []
    there = Attestation.objects.visible_to(request.user).filter(year=year).select_related("signed_by")
    known = {(row.school_id, row.term_id): row for row in there}
    context = {
        "title": _("Records vouched for"),
        "year": year,
        "size": rules.sample_size(on),
        "schools": [
            {"school": school, "lines": _lines(known, school, _own_terms(terms, school), on)} for school in schools
        ],
        "on": on,
    }
    return render(request, "students/attestations.html", context)


def _own_terms(terms: list[Term], school: School) -> list[Term | None]:
    return [*(term for term in terms if term.system == school.terms), None]


def _lines(known: dict[Any, Attestation], school: School, terms: list[Term | None], on: date) -> list[dict[str, Any]]:
    """The terms and the year, whose folders are drawn from the last term on."""
    last = max((term.starts for term in terms if term), default=None)
    return [_line(known, school, term, on, term.starts if term else last) for term in terms]


def _line(
    known: dict[Any, Attestation], school: School, term: Term | None, on: date, begins: date | None
) -> dict[str, Any]:
    names = {TermSystem.QUARTER: _("Quarter %(n)d"), TermSystem.TRIMESTER: _("Trimester %(n)d")}
    return {
        "what": names[TermSystem(term.system)] % {"n": term.number} if term else _("The whole year"),
        "value": f"{school.pk}:{term.pk if term else ''}",
        "term": term,
        "row": known.get((school.pk, term.pk if term else None)),
        "begins": begins,
        "has_begun": begins is None or begins <= on,
    }


def _draw(request: HttpRequest, schools: list[School], on: date) -> Attestation | None:
    """Draw the sample that was asked for: `school:term`, or `school:` for the year."""
    school_id, _mark, term_id = request.POST.get("draw", "").partition(":")
    school = next((each for each in schools if str(each.pk) == school_id), None)
    term = Term.objects.filter(pk__in=numbers([term_id])).select_related("year").first() if term_id else None
    if school is None or (term_id and term is None):
        return None
    try:
        drawn = actions.draw_sample(by=request.user, school=school, term=term, on=on)
    except Refusal as refusal:
        say_refused(request, refusal)
        return None
    number = drawn.folders.count()
    said = ngettext("%(n)d folder is drawn.", "%(n)d folders are drawn.", number) % {"n": number}
    say(request, said, entry=entry_of(request.user, "sample_drawn"))
    return drawn


@requires(P.REVIEW_RECORDS)
def attestation(request: HttpRequest, pk: int) -> HttpResponse:
    """The folders of a sample, what was found so far, and the statement to sign."""
    rows = Attestation.objects.visible_to(request.user).select_related(
        "school", "term", "year", "signed_by", "drawn_by"
    )
    sample = get_object_or_404(rows, pk=pk)
    on = timezone.localdate()
    if request.method == "POST":
        try:
            actions.sign_attestation(by=request.user, attestation=sample, on=on)
            say(request, _("The records are vouched for."), entry=entry_of(request.user, "attestation_signed"))
        except Refusal as refusal:
            say_refused(request, refusal)
        return redirect("attestation", sample.pk)
    folders = sample.folders.select_related("student__current_enrollment__school", "looked_by").prefetch_related(
        "items"
    )
    seen = set(
        AttestedFolder.objects.visible_to(request.user, P.REVIEW_RECORDS)
        .filter(attestation=sample)
        .values_list("pk", flat=True)
    )
    context = {
        "title": _("Records vouched for: %(what)s") % {"what": sample.term or sample.year},
        "sample": sample,
        "folders": [_folder_line(each, each.pk in seen) for each in folders],
        "statement": sample.statement or statement_of(sample, on),
        "open": sum(1 for each in folders if not each.looked_on),
    }
    return render(request, "students/attestation.html", context)


def _folder_line(folder: AttestedFolder, is_seen: bool) -> dict[str, Any]:
    """A child who has moved to another school since is not named any more."""
    found = [item.found for item in folder.items.all()]
    return {
        "folder": folder,
        "is_seen": is_seen,
        "items": len(found),
        "wrong": sum(1 for each in found if each == Looked.WRONG),
        "missing": sum(1 for each in found if each == Looked.MISSING),
    }


@requires(P.REVIEW_RECORDS)
def attested_folder(request: HttpRequest, pk: int) -> HttpResponse:
    """One folder of a sample: what should lie in it, and what was found."""
    rows = AttestedFolder.objects.visible_to(request.user, P.REVIEW_RECORDS)
    folder = get_object_or_404(
        rows.filter(attestation__in=Attestation.objects.visible_to(request.user)).select_related("attestation__school"),
        pk=pk,
    )
    sample, on = folder.attestation, timezone.localdate()
    student = child_or_404(request, folder.student_id, P.REVIEW_RECORDS)
    back = reverse("attestation", args=[sample.pk])
    form = FolderForm(request.POST or None, folder=folder, items=list(folder.items.all()), leave_url=back)
    said = _("What was found is recorded.")
    if carry_out(
        request, form, actions.record_folder, said=said, entry="folder_looked", about=student, folder=folder, on=on
    ):
        left = sample.folders.filter(looked_on__isnull=True).exclude(pk=folder.pk).first()
        return redirect("attested_folder", left.pk) if left and "next" in request.POST else redirect(back)
    context = {
        "title": _("Folder %(n)d of %(all)d") % {"n": folder.place, "all": sample.folders.count()},
        "student": student,
        "head": child_head(student, on, rules=()),
        "folder": folder,
        "sample": sample,
        "form": form,
    }
    return render(request, "students/attested_folder.html", context)
