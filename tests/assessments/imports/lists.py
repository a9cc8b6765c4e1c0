"""Files of local measures, marks and the state's lists: one sound line for each child, by program."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from assessments.imports import layouts
from tests.assessments.imports import files

HEADS: dict[str, list[str]] = {}
for _row in layouts.rows("score_file_examples.csv"):
    HEADS.setdefault(_row["program"], []).append(_row["column_name"])
STATE = ("summative_elpac", "initial_elpac", "caaspp", "local")
LISTS = [program for program in HEADS if program not in STATE]


def line(program: str, number: int, **cells: str) -> dict[str, str]:
    """An invented child's line, by column name; `cells` with spaces written as in the header."""
    child = files.child(number)
    who = {"last": child["last_name"], "first": child["first_name"]}
    who |= {"born": child["birth_date"], "ssid": child["ssid"]}
    own = {
        "measures": {"SSID": who["ssid"], "Last name": who["last"], "First name": who["first"],
                     "Birth date": who["born"], "Grade": "04", "School year": "2022-23",
                     "Measure": "Reading Inventory (SRI)", "Window": "MOY", "Test date": "2023-01-18", "Score": "740"},
        "marks": {"Local ID": child["local_id"], "Last name": who["last"], "First name": who["first"],
                  "Birth date": who["born"], "School year": "2022-23", "Term": "Q2", "Course": "English 4",
                  "Mark": "B+", "Teacher": "Ms. Abel", "Mark date": "2023-01-20"},
        "statuses": {"SSID": who["ssid"], "Student Legal Last Name": who["last"],
                     "Student Legal First Name": who["first"], "Student Birth Date": who["born"].replace("-", ""),
                     "ELAS Code": "EL", "ELAS Start Date": "20220901"},
        "long_term": {"SSID": who["ssid"], "Student Legal Last Name": who["last"], "Student Birth Date": who["born"],
                      "Academic Year": "2022-2023", "LTELorARLTEL": "LTEL", "Provisional LTEL start": "2022-08-15"},
        "hmh_sam": {"SIS_ID": child["local_id"], "FIRST_NAME": who["first"], "LAST_NAME": who["last"],
                    "BIRTH_DATE": who["born"], "GRADE": "4", "LEXILE_SCORE": "655", "LEXILE_MOD_DATE": "9/14/2022"},
        "hmh_growth": {"academic_year": "2022-2023", "student_last_name": who["last"],
                       "student_first_name": who["first"],
                       "student_sasid": who["ssid"], "student_grade": "4", "season_toy": "Fall",
                       "completed_date": "2022-09-14", "scaled_score": "655", "performance_level_primary": "Basic",
                       "lexile_mid": "655"},
        "acadience": {"student_id": child["local_id"], "last_name": who["last"], "first_name": who["first"],
                      "birthdate": who["born"], "year_grade2": "2022-2023", "orf_2_beg": "61", "err_2_beg": "2",
                      "ark6_accuracy_2_beg": "97", "ark6_composite_2_beg": "150", "orf_2_mid": "75"},
        "dibels_8": {"School Year": "2022-2023", "Student Last Name": who["last"], "Student First Name": who["first"],
                     "Enrollment Grade": "4", "Date of Birth": who["born"], "Benchmark Period": "BOY",
                     "Composite Level": "Below Benchmark", "Composite Score": "402",
                     "Reading Fluency (ORF) - Level": "Well Below Benchmark", "Reading Fluency (ORF) - Score": "51",
                     "Client Date": "2022-09-20", "Primary ID - Primary Student ID (State ID)": who["ssid"]},
    }[program]  # fmt: skip
    return own | cells


# How many records a sound line gives.
EACH = {"acadience": 4, "dibels_8": 2}


def data(program: str, rows: Sequence[dict[str, str]], head: Sequence[str] | None = None, mark: str = ",") -> bytes:
    """The file as text."""
    head = list(head or HEADS[program])
    out = io.StringIO()
    write = csv.writer(out, delimiter=mark, lineterminator="\r\n").writerow
    write(head)
    for row in rows:
        write([row.get(name, "") for name in head])
    return out.getvalue().encode()
