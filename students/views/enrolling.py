"""Enrolling a child, correcting its particulars, moving and leaving."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from district.access import requires
from district.models import School
from district.permissions import Permission
from district.refusal import Refusal
from district.said import say
from students import actions, rules
from students.actions import AlreadyHere
from students.actions.guard import entry_of
from students.enums import Origin
from students.forms.enrolling import EnrollForm, LeaveForm, MoveForm, ParticularsForm, StayForm
from students.models import Student
from students.views.pages import carry_out, child_or_404, children, head_of, sent

P = Permission
# What stands at the field; the child that was found is shown above, with its links.
SAME_SSID = _lazy("The child above has this SSID. Open that child, or correct the number.")
SAME_NAME = _lazy(
    "There is a child of this name and birth date, see above. Open that child, or say that this is another."
)
# What mostly stays the same from one child of a stack to the next.
KEPT = ("origin", "school", "grade", "starts", "teacher", "room")
# A child of another school that was found by name and birth date may be brought over, while the form is open.
BRING = "students.bring"
BRING_WITHIN = 60 * 60


@requires(P.ENROLL)
def enroll(request: HttpRequest) -> HttpResponse:
    """A new child, on one page; or a child found elsewhere in the district, brought to this school."""
    kept = {name: request.GET[name] for name in KEPT if request.GET.get(name)}
    form = EnrollForm(request.POST or None, user=request.user, initial=kept, leave_url=reverse("home"))
    found: list[dict[str, Any]] = []
    if request.method == "POST" and form.is_valid():
        if token := request.POST.get("bring"):
            if brought := _bring(request, form, token):
                return redirect("child", brought.pk)
        else:
            try:
                student = actions.enroll_student(by=request.user, **form.values())
            except AlreadyHere as refusal:
                form.add_error(refusal.field, SAME_SSID if refusal.is_certain else SAME_NAME)
                found = _found(request, form, refusal)
            except Refusal as refusal:
                form.refuse(refusal)
            else:
                return _enrolled(request, student, form)
    context = {"title": _("Enroll a child"), "form": form, "found": found}
    return render(request, "students/enroll.html", context)


def _enrolled(request: HttpRequest, student: Student, form: EnrollForm) -> HttpResponse:
    """Say which path the child goes, and go it."""
    path = rules.enrollment_path(Origin(form.cleaned_data["origin"]))
    entry = entry_of(request.user, "enroll", student)
    said = _("%(name)s is enrolled. %(path)s") % {"name": student.name, "path": path.reason}
    if student.letter_language and not form.cleaned_data["letter_language"]:
        said += " " + _("Letters go out in %(language)s, as the first parent or guardian speaks it.") % {
            "language": student.letter_language
        }
    say(request, said, entry=entry)
    kept = urlencode({name: request.POST[name] for name in KEPT if request.POST.get(name)})
    if "another" in request.POST:
        return redirect(f"{reverse('enroll')}?{kept}")
    if path.outcome == rules.TRANSFER_PATH:
        return redirect("records", student.pk)
    return redirect(f"{reverse('survey', args=[student.pk])}?then=enroll&{kept}")


def _found(request: HttpRequest, form: EnrollForm, refusal: AlreadyHere) -> list[dict[str, Any]]:
    """The children of that name: with a link where the person may see them, and the offer to bring them over."""
    if not refusal.is_certain:
        form.ask_about_another()
    seen = set(
        children(request, P.VIEW_STUDENTS)
        .filter(pk__in=[child.pk for child in refusal.found])
        .values_list("pk", flat=True)
    )
    school: School = form.cleaned_data["school"]
    return [
        {
            "child": child,
            "url": reverse("child", args=[child.pk]) if child.pk in seen else "",
            "bring": "" if _is_here(child, school) else signing.dumps([child.pk, request.user.pk], salt=BRING),
            "school": school,
        }
        for child in refusal.found
    ]


def _is_here(child: Student, school: School) -> bool:
    here = child.current_enrollment
    return bool(here and here.school_id == school.pk and here.ends is None)


def _bring(request: HttpRequest, form: EnrollForm, token: str) -> Student | None:
    """Move the child that was found to the school of the form. The token says that this person found it."""
    try:
        pk, who = signing.loads(token, salt=BRING, max_age=BRING_WITHIN)
    except signing.BadSignature:
        form.add_error(None, _("The page was open too long. Enroll the child again to find the record."))
        return None
    if who != request.user.pk:
        return None
    values = form.cleaned_data
    facts = {name: values[name] for name in ("school", "grade", "starts", "teacher", "room", "former_district")}
    try:
        stay = actions.transfer_student(by=request.user, student=int(pk), origin=values["origin"], **facts)
    except Refusal as refusal:
        form.refuse(refusal)
        return None
    said = _("%(name)s is now at %(school)s; the record came along.") % {
        "name": stay.student.name,
        "school": values["school"],
    }
    say(request, said, entry=entry_of(request.user, "transfer", stay.student))
    return stay.student


@requires(P.ENROLL)
def student_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct what is written about the child, or change its class."""
    student = child_or_404(request, pk, P.ENROLL)
    back = reverse("child", args=[student.pk])
    particulars = ParticularsForm(
        sent(request, "about"),
        prefix="about",
        initial={name: getattr(student, name) for name in ParticularsForm.base_fields},
        leave_url=back,
    )
    here = student.current_enrollment
    stay = StayForm(
        sent(request, "stay"),
        prefix="stay",
        student=student,
        initial={"teacher": here.teacher_id, "room": here.room, "grade": here.grade, "starts": here.starts}
        if here
        else {},
        leave_url=back,
    )
    for form, verb, kind, said in (
        (particulars, actions.change_particulars, "particulars", _("The particulars are saved.")),
        (stay, actions.change_stay, "stay", _("Class and first day are saved.")),
    ):
        if form.is_bound and carry_out(request, form, verb, said=said, entry=kind, about=student, student=student):
            return redirect("child", student.pk)
    context = {
        "title": _("Particulars and class"),
        "student": student,
        "head": head_of(student),
        "form": particulars,
        "stay": stay,
        "problem": stay.is_bound and bool(stay.errors),
    }
    return render(request, "students/student_edit.html", context)


@requires(P.ENROLL)
def transfer(request: HttpRequest, pk: int) -> HttpResponse:
    """To another school or class, or out of the district."""
    student = child_or_404(request, pk, P.ENROLL)
    back = reverse("child", args=[student.pk])
    here = student.current_enrollment
    initial = {"school": here.school_id, "grade": here.grade} if here else {}
    move = MoveForm(sent(request, "move"), prefix="move", initial=initial, leave_url=back)
    leave = LeaveForm(sent(request, "leave"), prefix="leave", leave_url=back)
    for form, verb, kind, said in (
        (move, actions.transfer_student, "transfer", _("The move is recorded.")),
        (leave, actions.end_enrollment, "leave", _("The exit is recorded; the record stays with the school.")),
    ):
        if form.is_bound and carry_out(request, form, verb, said=said, entry=kind, about=student, student=student):
            still = children(request, P.VIEW_STUDENTS).filter(pk=student.pk).exists()
            return redirect("child", student.pk) if still else redirect("home")
    context = {
        "title": _("Move or leave"),
        "student": student,
        "head": head_of(student),
        "form": move,
        "leave": leave,
        "problem": leave.is_bound and bool(leave.errors),
    }
    return render(request, "students/transfer.html", context)
