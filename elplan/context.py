"""What the shell around every page shows: who is signed in and where, and the menu of what the person may do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from district.enums import Grade
from district.models import District, School, User
from district.permissions import Permission

P = Permission


@dataclass(frozen=True)
class MenuLine:
    """A line of the menu: shown to whoever holds one of the permissions."""

    label: Any
    url_name: str
    permissions: tuple[Permission, ...]
    count: str = ""  # key in `request.menu_counts`, where a page has counted anyway


MENU: tuple[tuple[Any, tuple[MenuLine, ...]], ...] = (
    (
        "",
        (
            MenuLine(gettext_lazy("Today"), "home", (P.VIEW_DUTIES,), count="today"),
            MenuLine(gettext_lazy("All that is due"), "duties", (P.VIEW_DUTIES,)),
            MenuLine(gettext_lazy("Children"), "roster", (P.VIEW_STUDENTS,)),
        ),
    ),
    (
        gettext_lazy("Enrollment"),
        (
            MenuLine(gettext_lazy("Enroll a child"), "enroll", (P.ENROLL,)),
            MenuLine(gettext_lazy("Surveys"), "survey_next", (P.RECORD_SURVEY,)),
            MenuLine(gettext_lazy("Registration packets"), "packets", (P.ENROLL,)),
            MenuLine(gettext_lazy("Changes to enter"), "changes", (P.ENTER_CHANGES,)),
            MenuLine(gettext_lazy("Entries in Aeries"), "aeries", (P.ENTER_CHANGES,)),
        ),
    ),
    (
        gettext_lazy("Tests"),
        (
            MenuLine(gettext_lazy("Initial ELPAC"), "initial_tests", (P.RECORD_RESULT, P.PLAN_TEST)),
            MenuLine(gettext_lazy("Yearly ELPAC"), "yearly_tests", (P.GIVE_YEARLY_TEST, P.DECIDE_PLACEMENT)),
            MenuLine(gettext_lazy("Score files"), "imports", (P.IMPORT_RESULTS,)),
            MenuLine(gettext_lazy("Corrections"), "corrections", (P.CORRECT_STATUS,)),
        ),
    ),
    (
        gettext_lazy("Programs and families"),
        (
            MenuLine(gettext_lazy("Placements"), "placements", (P.DECIDE_PLACEMENT,)),
            MenuLine(gettext_lazy("Services"), "service_audits", (P.ASSIGN_SERVICES,)),
            MenuLine(gettext_lazy("Conferences"), "conferences", (P.HOLD_CONFERENCE,)),
            MenuLine(gettext_lazy("Requests of parents"), "requests", (P.RECORD_REQUEST,)),
            MenuLine(gettext_lazy("Letters"), "letters", (P.VIEW_LETTERS,)),
        ),
    ),
    (
        gettext_lazy("Progress"),
        (
            MenuLine(gettext_lazy("My English learners"), "classes", (P.PLAN_ACTION, P.RECORD_MEASURES)),
            MenuLine(gettext_lazy("Watch list"), "watch_list", (P.PLAN_ACTION, P.RECORD_MEASURES)),
            MenuLine(gettext_lazy("Action plans"), "action_plans", (P.PLAN_ACTION,)),
            MenuLine(gettext_lazy("Local measures"), "measures", (P.RECORD_MEASURES,)),
            MenuLine(gettext_lazy("Growth in English"), "growth", (P.PLAN_ACTION, P.RECORD_MEASURES)),
            MenuLine(gettext_lazy("Long-term learners"), "long_term", (P.VIEW_STUDENTS,)),
        ),
    ),
    (
        gettext_lazy("Records"),
        (
            MenuLine(gettext_lazy("Review of records"), "review", (P.REVIEW_RECORDS,)),
            MenuLine(gettext_lazy("Yellow Folders"), "folder_queue", (P.FILE_ORIGINALS,)),
            MenuLine(gettext_lazy("Placement copies"), "copies", (P.HAND_OUT_COPY,)),
            MenuLine(gettext_lazy("Copies for me"), "my_copies", (P.READ_COPIES,)),
        ),
    ),
    (
        gettext_lazy("District"),
        (
            MenuLine(gettext_lazy("Figures"), "figures", (P.VIEW_FIGURES,)),
            MenuLine(gettext_lazy("Profile"), "profile", (P.VIEW_FIGURES,)),
            MenuLine(gettext_lazy("Settings"), "settings", (P.MANAGE_DISTRICT, P.MANAGE_PEOPLE, P.VIEW_ACCESS)),
        ),
    ),
)


@dataclass(frozen=True)
class MenuItem:
    label: str
    url: str
    is_here: bool
    count: int | None


@dataclass(frozen=True)
class MenuGroup:
    """Lines under a heading; the first group needs none."""

    heading: str
    items: list[MenuItem]


class Shell:
    """Read by templates only; nothing is asked of the database that the page does not show."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self._user: User = request.user  # type: ignore[assignment]

    @cached_property
    def today(self) -> date:
        return timezone.localdate()

    @cached_property
    def district(self) -> District | None:
        return District.objects.first()

    @property
    def is_practice(self) -> bool:
        return bool(self.district and self.district.is_sample)

    @cached_property
    def who(self) -> str:
        """Name and main role: `Marisela Ochoa, school secretary`."""
        if not self._user.is_authenticated:
            return ""
        role = self._user.main_role
        return f"{self._user}, {role.label}" if role else str(self._user)

    @cached_property
    def place(self) -> str:
        """The school with its grades, several schools by number, or the district."""
        schools = {school for _role, school in self._user.grants} if self._user.is_authenticated else set()
        if len(schools) == 1 and None not in schools:
            school = School.objects.get(pk=schools.pop())
            return _("%(school)s, %(low)s to %(high)s") % {
                "school": school.name,
                "low": short_grade(school.grade_low),
                "high": short_grade(school.grade_high),
            }
        if schools and None not in schools:
            return _("%(count)d schools") % {"count": len(schools)}
        return self.district.name if self.district else ""

    @property
    def may_search(self) -> bool:
        return self._user.is_authenticated and self._user.may(P.VIEW_STUDENTS)

    @cached_property
    def menu(self) -> list[MenuGroup]:
        if not self._user.is_authenticated:
            return []
        counts = getattr(self._request, "menu_counts", {})
        shown = [
            (heading, [(line, reverse(line.url_name)) for line in lines if any(map(self._user.may, line.permissions))])
            for heading, lines in MENU
        ]
        urls = [url for _heading, lines in shown for _line, url in lines]
        here = max(filter(self._is_here, urls), key=len, default="")
        return [
            MenuGroup(
                str(heading),
                [MenuItem(str(line.label), url, url == here, counts.get(line.count)) for line, url in lines],
            )
            for heading, lines in shown
            if lines
        ]

    def _is_here(self, url: str) -> bool:
        """The page itself, or a page below it; the home page is above all and only itself."""
        path = self._request.path
        if path == "/" and url == reverse("figures"):
            return not self._user.may(P.VIEW_DUTIES)  # for whom the figures are the home page
        return path == url or (url != "/" and path.startswith(url))


def short_grade(code: str) -> str:
    """A grade as it stands on a school's door: TK, K, 4."""
    return {"TK": _("TK"), "KN": _("K")}.get(code, str(int(code)) if code.isdigit() else Grade(code).label)


def shell(request: HttpRequest) -> dict[str, Callable[[], Shell] | Shell]:
    """Context processor: `shell` in every template."""
    return {"shell": Shell(request)} if hasattr(request, "user") else {}
