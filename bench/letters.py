"""Annual letters made by elplan's run, against plain WeasyPrint that sets the same letters one by one.

    DATABASE_URL=postgres://... python bench/letters.py [--letters 24]

Letters a second, measured in one run on the same letters, the two ways taking turns. elplan's time holds everything
that a run does: reading the facts, setting, storing file, row and item, and the print file. The plain way is given the
finished HTML and only sets it: style sheet and fonts read for every letter, as the library's first example does it.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time

import measuring

NAME = "elplan_bench_letters"
TURNS = 2


def plain() -> None:
    """Runs in a process of its own: the library alone, as it comes, on pages from the standard input."""
    from weasyprint import HTML

    pages = json.load(sys.stdin)
    HTML(string=pages[0]).write_pdf()  # its own start is not counted
    start = time.perf_counter()
    for page in pages:
        HTML(string=page).write_pdf(pdf_variant="pdf/ua-1")
    print(time.perf_counter() - start)


def by_plain_library(contents: list) -> float:
    from notifications.render import layout, to_html

    pages = [to_html(each).replace("</head>", f"<style>{layout(each).css}</style></head>") for each in contents]
    command = [sys.executable, __file__, "--plain"]
    done = subprocess.run(command, input=json.dumps(pages), capture_output=True, text=True, check=True)
    return float(done.stdout)


def by_run(students: list[int]) -> tuple[float, list]:
    """Seconds of a run over these children, and the contents of its letters."""
    from django.utils import timezone

    from district.models import User
    from notifications.actions import ask_for_run, work_run
    from notifications.documents import LetterContent
    from notifications.queries import letters_of_run

    by, on = User.objects.command_line(), timezone.localdate()
    start = time.perf_counter()
    run = ask_for_run(
        by=by, kind="annual", school=None, on=on, accepts_drafts=True, students=students, in_background=False
    )
    work_run(run.pk)
    taken = time.perf_counter() - start
    return taken, [LetterContent.from_json(letter.content) for letter in letters_of_run(run)]


def measure(letters: int) -> None:
    """Runs in a process of its own, on the sample district of DATABASE_URL."""
    measuring.set_up()
    from django.utils import timezone

    from notifications.actions.letters import source_of

    due = list(source_of("annual").due(None, timezone.localdate()).order_by("pk").values_list("pk", flat=True))
    size = letters // TURNS
    ours = usual = made = sheets = 0
    for turn in range(TURNS):
        seconds, contents = by_run(due[turn * size : (turn + 1) * size])
        ours += seconds
        usual += by_plain_library(contents)
        made += len(contents)
        sheets += sum(len(content.sheets) for content in contents)
    print(f"{made} annual letters, {sheets} sheets of two pages, {os.cpu_count()} processors")
    speeds = [("plain WeasyPrint, one by one", made / usual), ("elplan's run", made / ours)]
    measuring.print_table(
        ("way", "letters/s", "ratio"), [(name, f"{speed:.2f}", f"{speed * usual / made:.2f}") for name, speed in speeds]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--letters", type=int, default=48, help="how many letters each way makes")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--plain", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.plain:
        plain()
        return
    if options.here:
        measure(options.letters)
        return
    measuring.set_up()
    url = measuring.fresh_database(NAME)
    try:
        measuring.manage("sample_district", "--students", str(max(120, options.letters * 3)), url=url)
        with tempfile.TemporaryDirectory() as home:
            environment = {**os.environ, "DATABASE_URL": url, "ELPLAN_HOME": home}
            command = [sys.executable, __file__, "--here", "--letters", str(options.letters)]
            subprocess.run(command, env=environment, check=True)
    finally:
        measuring.drop_database(NAME)


if __name__ == "__main__":
    main()
