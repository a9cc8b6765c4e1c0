"""What the pages of letters share: finding a kind, and answering with a PDF."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse

from district.models import School, User
from district.permissions import Permission
from notifications.kinds import KINDS, LetterKind, builders


def kind_or_404(slug: str, *, with_source: bool = True) -> LetterKind:
    """The kind of an address; with a source it can be issued to a child, without it is printed blank."""
    if slug not in KINDS or (with_source and slug not in builders()):
        raise Http404
    return KINDS[slug]


def school_asked_for(request: HttpRequest, schools: list[School]) -> School | None:
    """The school of `?school=`; the only one when there is no choice. Http404 for one that is not among these."""
    asked = request.POST.get("school") or request.GET.get("school", "")
    if not asked:
        return schools[0] if len(schools) == 1 else None
    found = next((school for school in schools if str(school.pk) == asked), None)
    if found is None:
        raise Http404
    return found


def schools_of(user: User, permission: Permission = Permission.VIEW_LETTERS) -> list[School]:
    """The schools in which the person holds a permission."""
    return [school for school in School.objects.order_by("cds_code") if user.may(permission, school.pk)]


def pdf_response(pdf: bytes, name: str, *, as_file: bool = False) -> HttpResponse:
    """A PDF that no cache keeps. `name` says nothing about a child: file names end up in lists of downloads."""
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'{"attachment" if as_file else "inline"}; filename="{name}.pdf"'
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
