"""ELD section, service, wish and request of a child that is walked past."""

from __future__ import annotations

from datetime import date

from district.models import Language, SchoolYear, User
from students import actions
from students.models import Service, Student


def service_things(office: User, child: Student, on: date) -> dict[str, object]:
    """What hangs on one child, by the part of the address it fills."""
    stay, year = child.current_enrollment, SchoolYear.objects.get(first_day__lte=on, last_day__gte=on)
    section = actions.save_section(
        by=office,
        school=stay.school,
        year=year,
        name="walked section",
        kind="integrated",
        grade_low=stay.grade,
        grade_high=stay.grade,
        teacher=stay.teacher,
        minutes=20,
    )
    Service.objects.filter(student=child, kind="integrated").delete()
    (service,) = actions.assign_section(by=office, section=section, students=[child.pk], starts=on, levels={})
    said = {"channel": "reply_box", "words": "walk"}
    wish = actions.record_wish(by=office, student=child, wish="service", said_on=on, said_by="mother", **said)
    asked = {"asked_for": "306", "language": Language.objects.get(pk="28"), "asked_on": on, "asked_by": "mother"}
    request = actions.record_request(by=office, student=child, **asked, **said)
    return {
        "sections/pk": section.pk,
        "services/pk": service.pk,
        "wishes/pk": wish.pk,
        "program-requests/pk": request.pk,
        "program-requests/of/key": f"{stay.school_id}-{year.pk}-306-28",
    }
