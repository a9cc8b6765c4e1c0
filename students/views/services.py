"""ELD sections, the services of a child, and the audits of chapter 2, each with a way to mend many at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet, prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from district.access import log_look, requires
from district.models import School, SchoolYear
from district.permissions import Permission
from district.wording import long_day
from students import actions
from students.enums import ServiceKind, ServiceSetting
from students.forms.enrolling import schools_of
from students.forms.services import EndServiceForm, SectionForm, ServiceForm
from students.models import EldSection, LanguageStatus, Service, Student
from students.queries import grade_rank
from students.queries import services as audits
from students.views.pages import carry_out, child_or_404, head_of
from students.wording import levels_of

P = Permission
ON_A_PAGE = 100
MAY = P.ASSIGN_SERVICES


# --- sections ---------------------------------------------------------------------------------------------------


@requires(P.VIEW_STUDENTS, methods=("GET",))
def sections(request: HttpRequest) -> HttpResponse:
    """The ELD sections of this school year: for whom, by whom, when, and how many children are in each."""
    on = timezone.localdate()
    rows = EldSection.objects.visible_to(request.user).filter(year__last_day__gte=on)
    school = request.GET.get("school", "")
    rows = rows.filter(school=school) if school.isascii() and school.isdigit() else rows
    here = Q(services__starts__lte=on, services__ends__gte=on)
    rows = rows.select_related("school", "year", "teacher").annotate(number=Count("services", filter=here))
    context = {
        "title": _("ELD sections"),
        "lead": _("Groups that have ELD together, with their levels, teacher and minutes."),
        "sections": [(row, levels_of(row)) for row in rows.order_by("school__cds_code", "year", "name")],
        "may_assign": request.user.may(MAY),
        "schools": schools_of(request.user, P.VIEW_STUDENTS),
        "school": school,
    }
    return render(request, "students/sections.html", context)


def _section_form(request: HttpRequest, section: EldSection | None) -> SectionForm:
    on = timezone.localdate()
    initial: dict[str, Any] = SectionForm.initial_of(section) if section else {}
    return SectionForm(
        request.POST or None,
        schools=schools_of(request.user, MAY),
        years=SchoolYear.objects.filter(last_day__gte=on).order_by("first_day")[:2],
        initial=initial,
        leave_url=reverse("section", args=[section.pk]) if section else reverse("sections"),
    )


@requires(MAY)
def section_new(request: HttpRequest) -> HttpResponse:
    """Open a section."""
    form = _section_form(request, None)
    made = carry_out(request, form, actions.save_section, said=_("The section is open."), entry="eld_section")
    if made:
        return redirect("section", made.pk)
    return render(request, "students/section_form.html", {"title": _("Open an ELD section"), "form": form})


@requires(MAY)
def section_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a section; services that have begun keep what they say."""
    row = get_object_or_404(EldSection.objects.visible_to(request.user, MAY), pk=pk)
    form = _section_form(request, row)
    said = _("The section is changed.")
    if carry_out(request, form, actions.save_section, said=said, entry="eld_section", section=row):
        return redirect("section", row.pk)
    context = {"title": _("Change the section %(name)s") % {"name": row.name}, "form": form, "section": row}
    return render(request, "students/section_form.html", context)


@requires(P.VIEW_STUDENTS, methods=("GET",))
def section(request: HttpRequest, pk: int) -> HttpResponse:
    """Who is in a section today, and who was."""
    rows = EldSection.objects.visible_to(request.user).select_related("school", "year", "teacher")
    row = get_object_or_404(rows, pk=pk)
    on = timezone.localdate()
    inside = row.services.filter(student__in=Student.objects.visible_to(request.user)).select_related(
        "student", "enrollment"
    )
    listed = list(inside.order_by("student__search_key", "starts"))
    log_look(request.user, [each.student_id for each in listed], _("opened an ELD section"))
    context = {
        "title": row.name,
        "section": row,
        "levels": levels_of(row),
        "now": [each for each in listed if each.starts <= on <= each.ends],
        "not_now": [each for each in listed if not each.starts <= on <= each.ends],
        "may_assign": request.user.may(MAY, row.school_id),
    }
    return render(request, "students/section.html", context)


# --- audits -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Audit:
    """One question that must have the answer none: its words, its rows, and what mends it."""

    which: str
    title: Any
    asks: Any
    source: str
    rows: Callable[[date], QuerySet[LanguageStatus]]
    mend: str
    tone: str = "late"


AUDITS = (
    Audit(
        "eld",
        gettext_lazy("English learners without daily ELD"),
        gettext_lazy("Every English learner has ELD every day. This number must be 0."),
        "MP2-05",
        audits.without_daily_eld,
        "section",
    ),
    Audit(
        "leveled",
        gettext_lazy("Learners in grades 7 to 12 without a section of leveled ELD"),
        gettext_lazy("At least one section of leveled ELD for each of them."),
        "MP2-06",
        audits.without_leveled_section,
        "section",
    ),
    Audit(
        "designated",
        gettext_lazy("Children in SEI without daily designated ELD"),
        gettext_lazy("In Structured English Immersion ELD is designated and daily."),
        "MP2-07",
        audits.without_designated_eld,
        "section",
    ),
    Audit(
        "supports",
        gettext_lazy("Children in the mainstream without recorded supports"),
        gettext_lazy("English Language Mainstream is all English with added supports."),
        "MP2-04",
        audits.without_supports,
        "supports",
    ),
    Audit(
        "authorization",
        gettext_lazy("Learners whose teacher has no valid authorization on file"),
        gettext_lazy("The class teacher and the teacher of ELD are authorized for English learners."),
        "MP5-75, X-14",
        audits.without_authorized_teacher,
        "authorization",
    ),
    Audit(
        "declined",
        gettext_lazy("Learners whose parents declined ELD"),
        gettext_lazy("They stay English learners, are tested every year and are helped to follow the lessons."),
        "PL-02",
        audits.declining,
        "nothing",
        "",
    ),
)


def _mine(request: HttpRequest, rows: QuerySet[LanguageStatus], school: str = "") -> QuerySet[LanguageStatus]:
    """The rows of children for whom the person keeps services."""
    scope = list(schools_of(request.user, MAY).values_list("pk", flat=True))
    chosen = [pk for pk in scope if str(pk) == school] if school else scope
    return rows.filter(stay__school__in=chosen)


@requires(MAY, methods=("GET",))
def service_audits(request: HttpRequest) -> HttpResponse:
    """What must be none, school by school; each number opens its list."""
    on = timezone.localdate()
    schools = list(schools_of(request.user, MAY))
    lines = []
    for each in AUDITS:
        counted = _mine(request, each.rows(on)).order_by().values_list("stay__school").annotate(number=Count("pk"))
        by_school = dict(counted)
        cells = [(school, by_school.get(school.pk, 0)) for school in schools]
        lines.append({"audit": each, "total": sum(by_school.values()), "cells": cells})
    context = {
        "title": _("Services of English learners"),
        "lead": _("What the Plan promises every learner, and where it is missing today."),
        "lines": lines,
        "schools": schools,
        "in_session": audits.year_in_session(on) is not None,
    }
    return render(request, "students/service_audits.html", context)


@requires(MAY, methods=("GET",))
def service_audit(request: HttpRequest, which: str) -> HttpResponse:
    """One list with the reason beside each child, and the way to mend many at once."""
    audit = next((each for each in AUDITS if each.which == which), None)
    if audit is None:
        raise Http404
    on = timezone.localdate()
    school = request.GET.get("school", "")
    rows = _mine(request, audit.rows(on), school).select_related("student", "stay__school", "stay__teacher")
    rows = rows.annotate(program=audits.current_program(on), rank=grade_rank("stay__grade"))
    rows = rows.order_by("stay__school", "rank", "student__search_key")
    page = Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page"))
    log_look(request.user, [row.student_id for row in page], _("opened a list of services"))
    prefetch_related_objects([row.stay.teacher for row in page if row.stay.teacher], "authorizations")
    given = audits.given_to([row.student_id for row in page], on)
    schools = schools_of(request.user, MAY)
    context = {
        "title": audit.title,
        "lead": audit.asks,
        "audit": audit,
        "page_obj": page,
        "lines": [(row, _reason(audit, row, on, given.get(row.student_id, []))) for row in page],
        "schools": list(schools),
        "school": school,
        "on": on,
        "sections": _sections_for(schools, school, on) if audit.mend == "section" else (),
    }
    return render(request, "students/service_audit.html", context)


def _sections_for(schools: Iterable[School], school: str, on: date) -> list[tuple[EldSection, str]]:
    rows = EldSection.objects.filter(school__in=schools, year__last_day__gte=on).select_related("school")
    rows = rows.filter(school=school) if school.isascii() and school.isdigit() else rows
    return [(row, levels_of(row)) for row in rows.order_by("school__cds_code", "name")]


def _reason(audit: Audit, row: Any, on: date, given: list[Service]) -> str:
    """The sentence beside a child: what there is, and what is missing."""
    program = row.program or _("no program decided")
    if audit.which == "authorization":
        teacher = row.stay.teacher
        if teacher and not audits.is_authorized(teacher, on):
            return str(audits.authorization_of(teacher, on))
        return _("The teacher of the ELD section has no valid authorization on file.")
    said = {"program": program, "day": long_day(row.since)}
    said["given"] = "; ".join(_given(each) for each in given) or _("no service is recorded")
    return _("%(program)s. To be served since %(day)s; today: %(given)s.") % said


def _given(service: Service) -> str:
    """A service in a few words: `designated ELD, ELD 2, on 3 days a week`."""
    where = service.section.name if service.section else service.get_setting_display().partition(":")[0]
    if service.is_daily:
        return f"{service.get_kind_display()}, {where}"
    days = ngettext("on %(n)d day a week", "on %(n)d days a week", service.days_a_week) % {"n": service.days_a_week}
    return f"{service.get_kind_display()}, {where}, {days}"


# --- one child --------------------------------------------------------------------------------------------------


@requires(P.VIEW_STUDENTS)
def child_services(request: HttpRequest, pk: int) -> HttpResponse:
    """The service card, what is given and was given, and the forms to assign and to record."""
    student = child_or_404(request, pk, P.VIEW_STUDENTS)
    on = timezone.localdate()
    may = Student.objects.visible_to(request.user, MAY).filter(pk=pk).exists()
    form = ServiceForm(request.POST if may and request.method == "POST" else None, initial={"starts": on})
    said = _("The service of %(name)s is recorded.") % {"name": student.name}
    if may and carry_out(
        request, form, actions.record_services, said=said, entry="service", about=student, students=[student.pk]
    ):
        return redirect("child_services", student.pk)
    stay = audits.stays_on([pk], on).get(pk)
    context = {
        "title": _("Services"),
        "student": student,
        "head": head_of(student, clocks=False),
        "lights": audits.card(student, on),
        "services": student.services.select_related("section", "provider", "language", "enrollment__school"),
        "on": on,
        "form": form if may else None,
        "sections": _sections_for([stay.school], "", on) if may and stay else (),
        "wishes": student.program_wishes.select_related("program", "answered_by"),
        "requests": student.program_requests.select_related("language"),
    }
    return render(request, "students/child_services.html", context)


@requires(MAY)
def service_end(request: HttpRequest, pk: int) -> HttpResponse:
    """A service ends: changed, or declined by the parents with their words."""
    rows = Service.objects.visible_to(request.user, MAY).select_related("section")
    service = get_object_or_404(rows, pk=pk)
    student = child_or_404(request, service.student_id, MAY)
    on = timezone.localdate()
    form = EndServiceForm(
        request.POST or None,
        initial={"ends": min(max(on, service.starts), service.ends)},
        leave_url=reverse("child_services", args=[student.pk]),
    )
    said = _("The service has ended.")
    if carry_out(
        request, form, actions.end_services, said=said, entry="service_end", about=student, services=[service.pk]
    ):
        return redirect("child_services", student.pk)
    title = _("End: %(what)s") % {"what": service.section or service.get_kind_display()}
    context = {"title": title, "student": student, "head": head_of(student, clocks=False), "form": form}
    return render(request, "students/form.html", context)


@requires(MAY, methods=("POST",))
def services_record(request: HttpRequest) -> HttpResponse:
    """The same supports for many children: the names again, one form, one entry that is put back as one."""
    picked = [int(pk) for pk in request.POST.getlist("child") if pk.isascii() and pk.isdigit() and len(pk) < 19]
    chosen = list(Student.objects.visible_to(request.user, MAY).filter(pk__in=picked).order_by("search_key"))
    sent = request.POST if "supports" in request.POST else None
    form = ServiceForm(
        sent,
        initial={
            "kind": ServiceKind.SUPPORT,
            "setting": ServiceSetting.CLASS,
            "starts": timezone.localdate(),
        },
        leave_url=reverse("service_audit", args=["supports"]),
    )
    number = len(chosen)
    said = ngettext("Recorded for %(n)d child.", "Recorded for %(n)d children.", number) % {"n": number}
    keys = [child.pk for child in chosen]
    if sent is not None and carry_out(
        request, form, actions.record_services, said=said, entry="service", students=keys
    ):
        return redirect("service_audit", "supports")
    context = {"title": _("Record supports for the children picked"), "form": form, "chosen": chosen}
    form.form_tag = False
    return render(request, "students/services_record.html", context)
