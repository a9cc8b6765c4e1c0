"""A state score file read in by elplan, against django-import-export as it comes and against plain COPY.

    DATABASE_URL=postgres://... python bench/imports.py [--students 10000]

Rows a second, measured in one run on the same lines: reading and judging the file (the preview), applying it, both
together; the same results through a ModelResource with its defaults (no scores, no checks of ours); and COPY of the
bare lines into a table without an index, which nothing can beat. Then the other kinds of files in the same way, with
their ratio to the state's: local measures, an export by grade with seven values in a line, marks, long-term list.
"""

from __future__ import annotations

import argparse
import csv
import io
import os
import subprocess
import sys
import time
from collections.abc import Callable

import measuring

NAME = "elplan_bench_imports"
SOME = 400  # lines for the slow way; its rows a second do not depend on how many
COLUMNS = {  # our field names of the line, and the state's column names of 2024-25
    "RecordType": lambda child: "21",
    "SSID": lambda child: child["ssid"],
    "LocalStudentID": lambda child: child["local_id"],
    "StudentLastName": lambda child: child["last_name"],
    "StudentFirstName": lambda child: child["first_name"],
    "DateofBirth": lambda child: child["birth_date"].isoformat(),
    "GradeAssessed": lambda child: child["grade"],
    "CALPADSSchoolCode": lambda child: child["school"],
    "Attemptedness": lambda child: "Y",
    "IncludeIndicator": lambda child: "Y",
    "FinalTestCompletedDate": lambda child: child["tested_on"],
    "OverallScaleScore": lambda child: str(child["overall"]),
    "OverallPL": lambda child: "2",
    "OralLanguageScaleScore": lambda child: str(child["oral"]),
    "OralLanguagePL": lambda child: "2",
    "WrittenLanguageScaleScore": lambda child: str(child["written"]),
    "WrittenLanguagePL": lambda child: "2",
    "ListeningPL": lambda child: "2",
    "SpeakingPL": lambda child: "2",
    "ReadingPL": lambda child: "1",
    "WritingPL": lambda child: "1",
    "ReportCreatedDate": lambda child: child["tested_on"],
    "EndofRecord": lambda child: "ZZ",
}


def lines_of(on):
    """A line for every child who could be tested, as the state writes it: level 2 by its grade's scale."""
    from assessments.models import ScoreRange
    from students.models import Enrollment

    ranges = ScoreRange.objects.filter(test="summative_elpac", level="2", last_year="")
    low = {(row.grade, row.measure): row.low for row in ranges}
    stays = Enrollment.objects.filter(ends=None, student__ssid__isnull=False).exclude(grade="TK")
    for stay in stays.select_related("student", "school").order_by("pk"):
        child = stay.student
        yield {
            "pk": child.pk,
            "ssid": child.ssid,
            "local_id": child.local_id,
            "last_name": child.last_name,
            "first_name": child.first_name,
            "birth_date": child.birth_date,
            "grade": stay.grade,
            "school": stay.school.cds_code,
            "tested_on": max(stay.starts, on.replace(day=1)).isoformat(),
            "overall": low[stay.grade, "overall"] + 3,
            "oral": low[stay.grade, "oral_language"] + 3,
            "written": low[stay.grade, "written_language"] + 3,
        }


def other_kinds(on):
    """Header and line of the other kinds of files, by name."""
    from district.calendar import year_name

    year, day = year_name(on), on.isoformat()
    return {
        "local measure": (
            "SSID,Last name,First name,Birth date,School year,Measure,Window,Test date,Score",
            lambda child: (
                f"{child['ssid']},{child['last_name']},{child['first_name']},{child['birth_date']},"
                f"{year},Local writing assessment,BOY,{day},3"
            ),
        ),
        "marks": (
            "SSID,Last name,First name,Birth date,School year,Term,Course,Mark,Teacher",
            lambda child: (
                f"{child['ssid']},{child['last_name']},{child['first_name']},{child['birth_date']},"
                f"{year},T1,Woodwork bench,B+,A. Example"
            ),
        ),
        "export by grade": (
            "student_id,last_name,first_name,birthdate,year_grade2,cls_2_beg,wwr_2_beg,orf_2_beg,ark6_accuracy_2_beg,"
            "retell_2_beg,retellqr_2_beg,ark6_composite_2_beg",
            lambda child: (
                f"{child['ssid']},{child['last_name']},{child['first_name']},{child['birth_date']},"
                f"2019-20,61,12,75,97,30,2,200"
            ),
        ),
        "long-term list": (
            "SSID,Last name,Birth date,School year,LTELorARLTEL,LTEL start date",
            lambda child: f"{child['ssid']},{child['last_name']},{child['birth_date']},{year},LTEL,2024-08-20",
        ),
    }


def other_file(kind, children) -> io.BytesIO:
    header, line = kind
    return io.BytesIO("\r\n".join([header, *(line(child) for child in children)]).encode())


def state_file(children) -> io.BytesIO:
    text = io.StringIO()
    text.write("^".join(COLUMNS) + "\r\n")
    for child in children:
        text.write("^".join(value(child) for value in COLUMNS.values()) + "\r\n")
    return io.BytesIO(text.getvalue().encode())


def taken(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def ours(file, by, on) -> tuple[float, float]:
    """Seconds for the preview and for applying it."""
    from assessments.imports import apply, staging

    found = []
    preview = taken(lambda: found.append(staging.stage(by=by, name="bench.csv", file=file, received_on=on, on=on)))
    applying = taken(lambda: apply.apply_import(by=by, batch_id=found[0].pk, on=on, leave_out_rejected=True))
    return preview, applying


def by_resource(children, by, on) -> float:
    import tablib
    from import_export import fields, resources, widgets

    from assessments.models import Result
    from students.models import Student

    class Results(resources.ModelResource):
        student = fields.Field("student", "ssid", widgets.ForeignKeyWidget(Student, "ssid"))

        class Meta:
            model = Result
            import_id_fields = ("student", "test", "administration", "source")
            fields = ("student", "test", "administration", "source", "grade", "tested_on", "overall_score", "level")

        def before_save_instance(self, instance, row, **options):
            instance.received_on, instance.recorded_by = on, by

    data = tablib.Dataset(
        headers=["ssid", "test", "administration", "source", "grade", "tested_on", "overall_score", "level"]
    )
    for child in children[:SOME]:
        # another source than the state's file, so that both ways write new rows
        row = [child["ssid"], "summative_elpac", "2030-31", "records", child["grade"], child["tested_on"]]
        data.append([*row, child["overall"], "2"])
    found = []
    seconds = taken(lambda: found.append(Results().import_data(data, raise_errors=True)))
    if found[0].totals["new"] != len(data):
        sys.exit(f"import-export wrote {found[0].totals} rows of {len(data)}.")
    return seconds


def by_copy(children) -> float:
    from django.db import connection

    text = io.StringIO()
    write = csv.writer(text).writerow
    for child in children:
        write([value(child) for value in COLUMNS.values()])
    text.seek(0)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE bare ({', '.join(f'c{place} text' for place in range(len(COLUMNS)))})")
        return taken(lambda: cursor.copy_expert("COPY bare FROM STDIN WITH (FORMAT csv)", text))


def measure() -> None:
    """Runs in a process of its own, on the sample district of DATABASE_URL."""
    measuring.set_up()
    from django.utils import timezone

    from district.models import User

    on = timezone.localdate()
    by = User.objects.get(username="el_administrator")
    children = list(lines_of(on))
    slow = by_resource(children, by, on)
    preview, applying = ours(state_file(children), by, on)
    bare = by_copy(children)
    number, usual = len(children), min(SOME, len(children)) / slow
    speeds = [
        ("import-export, defaults", usual),
        ("elplan: read and judge", number / preview),
        ("elplan: apply", number / applying),
        ("elplan: both", number / (preview + applying)),
        ("plain COPY", number / bare),
    ]
    print(f"{number:,} lines of the Summative ELPAC")
    measuring.print_table(
        ("way", "rows/s", "ratio"), [(name, f"{speed:,.0f}", f"{speed / usual:.1f}") for name, speed in speeds]
    )
    measure_others(children, by, on, preview + applying)


def measure_others(children, by, on, of_the_state: float) -> None:
    """Seconds for the same children in files of the other kinds, and how they stand to the state's file."""
    rows = []
    for name, kind in other_kinds(on).items():
        preview, applying = ours(other_file(kind, children), by, on)
        seconds = preview + applying
        rows.append((name, f"{preview:.1f}", f"{applying:.1f}", f"{seconds / of_the_state:.2f}"))
    print(f"\n{len(children):,} lines of the other kinds")
    measuring.print_table(("kind", "preview s", "apply s", "times the state's"), rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--students", type=int, default=10_000, help="children in the sample district")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.here:
        measure()
        return
    measuring.set_up()
    url = measuring.fresh_database(NAME)
    try:
        measuring.manage("sample_district", "--students", str(options.students), url=url)
        subprocess.run([sys.executable, __file__, "--here"], env={**os.environ, "DATABASE_URL": url}, check=True)
    finally:
        measuring.drop_database(NAME)


if __name__ == "__main__":
    main()
