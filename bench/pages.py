"""Home pages, search, duties and a child's page: in a district of the Plan's size and in one of 100,000 children.

    DATABASE_URL=postgres://... python bench/pages.py [--students 100000] [--keep]

Prints, for each page, the number of queries, the median and the 95th percentile in milliseconds at both sizes, and
the ratio of the medians. Both districts are made in databases of their own; `--keep` leaves them for the next time.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from functools import partial

import measuring

SMALL = 1345
RUNS, SECONDS = 15, 6.0


def pages() -> list[tuple[str, str, str]]:
    """What is opened: name, username, address."""
    from students.models import Student

    here = Student.objects.filter(current_enrollment__ends=None, current_enrollment__school__grade_low="TK")
    child = here.filter(statuses__status="EL", statuses__ends=None).order_by("pk")[20]
    typed = f"{child.first_name[:4]} {child.last_name[:4]}"
    return [
        ("home, secretary", "secretary", "/"),
        ("home, principal", "principal", "/"),
        ("home, EL administrator", "el_administrator", "/"),
        ("search, name", "secretary", f"/search/?q={typed}"),
        ("search, name, whole district", "el_administrator", f"/search/?q={typed}"),
        ("search, SSID", "el_administrator", f"/search/?q={child.ssid}"),
        ("search, no such name", "el_administrator", "/search/?q=Qzzyxw"),
        ("duties, secretary", "secretary", "/duties/"),
        ("duties, EL administrator", "el_administrator", "/duties/"),
        ("list of children", "secretary", "/children/"),
        ("watch list", "secretary", "/watch-list/"),
        ("watch list, whole district", "el_administrator", "/watch-list/"),
        ("growth by school", "principal", "/growth/"),
        ("class list", "principal", "/classes/"),
        ("action plans", "el_administrator", "/action-plans/?show=open"),
        ("conferences", "principal", "/conferences/"),
        ("proposal for appointments", "principal", "/conferences/plan/"),
        ("child", "secretary", f"/children/{child.pk}/"),
        ("services, EL administrator", "el_administrator", "/services/"),
        ("learners without daily ELD", "el_administrator", "/services/missing/eld/"),
        ("learners without an authorized teacher", "el_administrator", "/services/missing/authorization/"),
        ("ready to move", "el_administrator", "/programs/ready/"),
        ("time in program", "el_administrator", "/programs/time/"),
        ("letters due", "secretary", "/letters/"),
        ("records to review", "principal", "/review/"),
        ("not in Aeries, results", "secretary", "/aeries/?kind=result"),
        ("changes to enter", "secretary", "/changes/"),
        ("registration packets", "secretary", "/packets/"),
        ("copies for the teachers", "secretary", "/copies/teachers/"),
        ("how the Plan is carried out", "el_administrator", "/settings/coverage/"),
        ("long-term learners", "secretary", "/long-term/"),
        ("long-term learners, administrator", "el_administrator", "/long-term/"),
        ("corrections", "el_administrator", "/corrections/"),
        ("profile", "superintendent", "/profile/"),
        ("review of placements", "principal", "/placements/review/"),
        ("letters, what became of them", "el_administrator", "/letters/sent/"),
        ("yearly ELPAC, examiner", "examiner", "/tests/yearly/"),
        ("yearly ELPAC, administrator", "el_administrator", "/tests/yearly/"),
        ("scores of one sitting", "examiner", "/tests/sitting/"),
        ("results told, by batch", "el_administrator", "/tests/results-told/"),
        ("annual letter, how it stands", "el_administrator", "/letters/due/annual/"),
    ]


def measure() -> dict[str, dict[str, float]]:
    """Runs in a process of its own, on the database of DATABASE_URL."""
    measuring.set_up()
    from django.conf import settings
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext, override_settings

    from district.models import User

    found = {}
    # Static files need not be collected for this; nothing else differs from how elplan is served.
    plain = {**settings.STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    with override_settings(ALLOWED_HOSTS=["testserver"], SECURE_SSL_REDIRECT=False, STORAGES=plain):
        for name, username, address in pages():
            client = Client(raise_request_exception=False)
            client.force_login(User.objects.get(username=username))
            first = client.get(address)
            with CaptureQueriesContext(connection) as queries:
                client.get(address)
            count = len(queries)  # the next request clears what was captured
            took = measuring.times(partial(client.get, address), runs=RUNS, at_most=SECONDS)
            found[name] = {
                "status": first.status_code,
                "queries": count,
                "p50": measuring.median(took) * 1000,
                "p95": measuring.percentile(took, 0.95) * 1000,
            }
    return found


def measured_in(students: int, *, keep: bool) -> dict[str, dict[str, float]]:
    name = f"elplan_bench_{students}"
    url = measuring.address_of(name)
    if not (keep and is_there(url, students)):
        url = measuring.fresh_database(name)
        measuring.manage("sample_district", "--students", str(students), url=url)
    done = subprocess.run(
        [sys.executable, __file__, "--here"],
        env={**os.environ, "DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(done.stderr[-2000:])
    if not keep:
        measuring.drop_database(name)
    return json.loads(done.stdout)


def is_there(url: str, students: int) -> bool:
    """Is the district of an earlier run there, with the tables of today?"""
    import psycopg2

    try:
        with psycopg2.connect(url) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM students_student")
            enough = cursor.fetchone()[0] >= students
    except psycopg2.Error:
        return False
    check = [sys.executable, str(measuring.ROOT / "manage.py"), "migrate", "--check"]
    return enough and not subprocess.run(check, env={**os.environ, "DATABASE_URL": url}, check=False).returncode


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--students", type=int, default=100_000)
    parser.add_argument("--keep", action="store_true", help="leave the databases, and use those of an earlier run")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.here:
        print(json.dumps(measure()))
        return
    measuring.set_up()
    small, large = (measured_in(number, keep=options.keep) for number in (SMALL, options.students))
    head = ("page", "queries", "p50 ms", "p95 ms", "queries", "p50 ms", "p95 ms", "ratio")
    print(f"{'':30}{SMALL:,} children, then {options.students:,}")
    measuring.print_table(
        head,
        [
            (
                name if one["status"] == 200 else f"{name} ({one['status']})",
                one["queries"],
                f"{one['p50']:.0f}",
                f"{one['p95']:.0f}",
                two["queries"],
                f"{two['p50']:.0f}",
                f"{two['p95']:.0f}",
                f"{two['p50'] / one['p50']:.2f}",
            )
            for (name, one), two in zip(small.items(), large.values(), strict=True)
        ],
    )


if __name__ == "__main__":
    main()
