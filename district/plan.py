"""The Plan row by row with the tests that show it: what is kept, what is left for later.

A test says which rows it shows by `@pytest.mark.plan("MP1-06")`. The marks are read from the source of the tests, so
that neither pytest nor a database is needed.
"""

from __future__ import annotations

import ast
import csv
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from district.reference import read_csv

ROOT = Path(__file__).resolve().parent.parent
PARTS = {
    "MP0": "Introduction",
    "MP1": "1. Identification, assessment, notification, placement",
    "MP2": "2. Instructional programs",
    "MP3": "3. Monitoring student progress",
    "MP4": "4. Reclassification and monitoring",
    "MP5": "5. Evaluation and accountability",
    "MP6": "6. Parents and community",
    "MP7": "7. Liaison and EL administrator",
    "MP8": "8. Funding",
    "APP": "Appendices",
    "SIP": "Improvement plan",
    "X": "Law and state practice after the Plan",
}


@dataclass(frozen=True)
class Shown:
    """A row of the Plan with the tests that show it."""

    code: str
    text: str
    source: str
    tests: tuple[str, ...]
    why_later: str = ""

    @property
    def part(self) -> str:
        """The heading under which the row stands."""
        key = self.code.split("-")[0]
        return PARTS["APP" if key.startswith("APP") else key]


def shown_rows(root: Path = ROOT) -> list[Shown]:
    """Every row in the order of the Plan, with the tests under `root`/tests, or why it is left for later."""
    marks, later = marked_tests(root), reasons(root)
    return [
        Shown(code, row["text"], row["source"], tuple(marks.get(code, ())), later.get(code, ""))
        for row in read_csv("plan_rows.csv")
        for code in [row["code"]]
    ]


def reasons(root: Path = ROOT) -> dict[str, str]:
    """Why rows of a chapter that is otherwise done are left for later: `docs/plan-later.csv`."""
    with (root / "docs" / "plan-later.csv").open(encoding="utf-8", newline="") as file:
        return {row["row"]: row["why"] for row in csv.DictReader(file)}


def marked_tests(root: Path = ROOT) -> dict[str, list[str]]:
    """Row to tests, as `tests/district/test_calendar.py::test_school_days`; unknown rows are in it too."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted(root.glob("tests/**/test_*.py")):
        module = ast.parse(path.read_text(encoding="utf-8"))
        own = _pytestmark(module)
        for name, rows in _tests(module, own):
            for row in rows:
                found[row].append(f"{path.relative_to(root).as_posix()}::{name}")
    return dict(found)


def _tests(node: ast.Module | ast.ClassDef, outer: list[str], prefix: str = "") -> Iterator[tuple[str, list[str]]]:
    """Each test with its rows: its own marks, those of its class and of its module."""
    for child in node.body:
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef) and child.name.startswith("test"):
            rows = [row for decorator in child.decorator_list for row in _rows_in(decorator)]
            yield prefix + child.name, list(dict.fromkeys(outer + rows))
        elif isinstance(child, ast.ClassDef) and child.name.startswith("Test"):
            rows = [row for decorator in child.decorator_list for row in _rows_in(decorator)]
            yield from _tests(child, outer + rows + _pytestmark(child), f"{prefix}{child.name}::")


def _pytestmark(node: ast.Module | ast.ClassDef) -> list[str]:
    """The rows of `pytestmark = ...` of a module or class."""
    return [
        row
        for child in node.body
        if isinstance(child, ast.Assign)
        and any(isinstance(target, ast.Name) and target.id == "pytestmark" for target in child.targets)
        for row in _rows_in(child.value)
    ]


def _rows_in(node: ast.AST) -> list[str]:
    """The rows of every `pytest.mark.plan(...)` in an expression, those of `pytest.param(marks=...)` included."""
    return [
        argument.value
        for call in ast.walk(node)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr == "plan"
        and isinstance(call.func.value, ast.Attribute)
        and call.func.value.attr == "mark"
        for argument in call.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    ]


def as_markdown(rows: list[Shown]) -> str:
    """The page `docs/plan.md`."""
    shown = sum(bool(row.tests) for row in rows)
    lines = [
        "# The Plan, row by row",
        "",
        "Written by `make plan` from the marks on the tests; not to be edited by hand. A row is shown when at least",
        "one test shows it; all others are left for later.",
        "",
        f"{shown} of {len(rows)} rows are shown.",
        "",
        "| Part | Rows | Shown | Later |",
        "|---|---|---|---|",
    ]
    for part in PARTS.values():
        own = [row for row in rows if row.part == part]
        done = sum(bool(row.tests) for row in own)
        lines.append(f"| {part} | {len(own)} | {done} | {len(own) - done} |")
    for part in PARTS.values():
        lines += ["", f"## {part}", "", "| Row | What is asked | Shown by |", "|---|---|---|"]
        lines += [_line(row) for row in rows if row.part == part]
    return "\n".join(lines) + "\n"


def _line(row: Shown) -> str:
    tests = "<br>".join(f"`{test}`" for test in row.tests) or f"later. {row.why_later}".strip(". ")
    return f"| {row.code} | {row.text.replace('|', '&#124;')} | {tests} |"
