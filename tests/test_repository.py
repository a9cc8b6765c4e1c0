"""What holds of the whole repository: driver, layers of the code, forms, sizes, nothing of one machine in it."""

from __future__ import annotations

import ast
import re
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection, models

ROOT = Path(__file__).resolve().parent.parent
APPS = ["elplan", "accountability", "committees", "reclassification", "assessments", "notifications", "students"]
APPS.append("district")
# The rooms of an app from the top down; a room may import the rooms below it, never one above (design of the house).
# It is held by import-linter in `make check`; here stands only what a module name cannot say.
MODULE_LINES, TEST_LINES, FUNCTION_LINES, TEMPLATE_LINES = 500, 1000, 50, 150


def tracked(*patterns: str) -> list[Path]:
    """Files of the repository, those not yet committed included, those ignored not."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    return [ROOT / name for name in listed if (ROOT / name).is_file()]


def listed(found: list[str]) -> str:
    return "\n  ".join([f"{len(found)} found:", *found])


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def python_files(*, tests: bool = False) -> list[Path]:
    return [
        path
        for path in tracked("*.py")
        if "migrations" not in path.parts and (path.relative_to(ROOT).parts[0] == "tests") == tests
    ]


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_there_is_something_to_look_at() -> None:
    assert {path.relative_to(ROOT).parts[0] for path in python_files()} >= set(APPS)


def test_the_driver_is_psycopg2() -> None:
    """Django takes psycopg 3 without a word as soon as it can import it; our bulk import speaks psycopg2's COPY."""
    assert connection.Database.__name__ == "psycopg2"
    with pytest.raises(ModuleNotFoundError):
        __import__("psycopg")


@pytest.mark.django_db
def test_the_database_sorts_and_folds_without_the_machines_locale() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT upper('ñandú ñ'), 'ÁNGEL' ILIKE 'ángel'")
        assert cursor.fetchone() == ("ÑANDÚ Ñ", True)


def test_tests_have_no_network() -> None:
    with socket.socket() as attempt, pytest.raises(AssertionError, match="no network"):
        attempt.connect(("192.0.2.1", 80))


# --- layers


def test_nobody_imports_the_top() -> None:
    found = [
        f"{named(path)}:{node.lineno}"
        for path in python_files()
        if path.relative_to(ROOT).parts[0] in APPS[1:]
        for node in ast.walk(ast.parse(path.read_text()))
        if (isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "elplan")
        or (isinstance(node, ast.Import) and any(alias.name.split(".")[0] == "elplan" for alias in node.names))
    ]
    assert not found, listed(found)


def test_foreign_keys_point_down() -> None:
    storey = {name: height for height, name in enumerate(reversed(APPS))}
    found = [
        f"{model._meta.label}.{field.name} to {field.related_model._meta.label}"
        for model in apps.get_models()
        if model._meta.app_label in storey
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey | models.ManyToManyField)
        and isinstance(field.related_model, type)
        and storey.get(field.related_model._meta.app_label, -1) > storey[model._meta.app_label]
    ]
    assert not found, listed(found)


def test_there_are_no_signals_for_our_own_models() -> None:
    found = [
        named(path)
        for path in python_files()
        if re.search(r"\b(pre|post)_(save|delete|init)\b|m2m_changed", path.read_text())
    ]
    assert not found, listed(found)


# --- forms and views


def is_model_form(node: ast.ClassDef) -> bool:
    return any("ModelForm" in ast.unparse(base) for base in node.bases) or any(
        isinstance(inner, ast.ClassDef) and inner.name == "Meta" and "model =" in ast.unparse(inner)
        for inner in node.body
    )


def test_forms_name_their_fields() -> None:
    """`__all__` and `exclude` let a column added later be written by whoever can post a form."""
    found = []
    for path in python_files():
        if "forms" not in path.stem and "forms" not in path.parts and path.name != "admin.py":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.ClassDef) or not is_model_form(node):
                continue
            for meta in (inner for inner in node.body if isinstance(inner, ast.ClassDef) and inner.name == "Meta"):
                for line in (part for part in meta.body if isinstance(part, ast.Assign)):
                    target = ast.unparse(line.targets[0])
                    if target == "exclude" or (target == "fields" and "__all__" in ast.unparse(line.value)):
                        found.append(f"{named(path)}:{line.lineno} {node.name}.{target}")
    assert not found, listed(found)


def pupil_tables() -> set[str]:
    """Models whose rows speak of a child: the student, and whatever leads to a student by foreign keys."""
    found = {"Student"}
    ours = [model for model in apps.get_models() if model._meta.app_label in APPS]
    while True:
        more = {
            model.__name__
            for model in ours
            for field in model._meta.get_fields()
            if isinstance(field, models.ForeignKey)
            and isinstance(field.related_model, type)
            and field.related_model.__name__ in found
        }
        if more <= found:
            return found
        found |= more


def test_views_reach_pupils_only_through_what_the_person_may_see() -> None:
    """A view asks tables about children for `visible_to` first, or narrows by it (or by a row of the outer query) at
    once. What else it needs to know about children it has already been given stands in `queries.py`."""
    tables = pupil_tables()
    assert len(tables) > 1
    found = []
    for path in python_files():
        if path.stem != "views" and "views" not in path.parts:
            continue
        tree = ast.parse(path.read_text())
        narrowed = {
            call.func
            for call in ast.walk(tree)
            if isinstance(call, ast.Call) and any(bound in ast.unparse(call) for bound in (".visible_to(", "OuterRef("))
        }
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Attribute)
                and isinstance(node.value, ast.Attribute)
                and node.value.attr in ("objects", "_default_manager", "_base_manager")
                and ast.unparse(node.value.value).split(".")[-1] in tables
                and node not in narrowed
            ):
                found.append(f"{named(path)}:{node.lineno} {ast.unparse(node)}")
    assert not found, listed(found)


def test_templates_have_no_inline_script_or_style() -> None:
    """The content security policy forbids both; they would fail silently. Letters are no pages: they go to paper."""
    inline = re.compile(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|javascript:", re.IGNORECASE)
    found = [
        f"{named(path)}:{number} {line.strip()[:80]}"
        for path in tracked("templates/*.html", "*/templates/*.html")
        if "letters" not in path.relative_to(ROOT / "templates").parts[:1]
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if inline.search(line)
    ]
    assert not found, listed(found)


def test_pages_load_nothing_from_another_host() -> None:
    elsewhere = re.compile(r"""(src|href|action|url)\s*[=(]\s*["']?(https?:)?//""", re.IGNORECASE)
    found = [
        f"{named(path)}:{number} {line.strip()[:80]}"
        for path in tracked("templates/*.html", "elplan/assets/*.css", "elplan/assets/*.js")
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if elsewhere.search(line) and "w3.org" not in line and "<a " not in line
    ]
    assert not found, listed(found)


# --- sizes


def test_modules_and_templates_keep_their_size() -> None:
    limits = [(python_files(), MODULE_LINES), (python_files(tests=True), TEST_LINES)]
    limits.append((tracked("templates/*.html"), TEMPLATE_LINES))
    found = [
        f"{named(path)}: {lines} lines, {most} are the most"
        for paths, most in limits
        for path in paths
        if (lines := len(path.read_text().splitlines())) > most
    ]
    assert not found, listed(found)


def test_functions_keep_their_size() -> None:
    found = [
        f"{named(path)}:{node.lineno} {node.name}: {lines} lines, {FUNCTION_LINES} are the most"
        for path in python_files()
        for node in functions(path)
        if (lines := (node.end_lineno or node.lineno) - node.lineno + 1) > FUNCTION_LINES
    ]
    assert not found, listed(found)


def test_no_junk_drawers() -> None:
    found = [named(path) for path in python_files() if path.stem in ("utils", "helpers", "common", "misc")]
    assert not found, listed(found)


# --- what must not leak


def test_nothing_of_one_machine_is_in_the_repository() -> None:
    """Folders of the machine where it was written, addresses of package registries."""
    leak = re.compile(
        r"(^|[^\w.])/(work|home|Users|root)/\w|/tmp/elplan/|index[-_]url|files\.pythonhosted|"
        r"(registry|resolved)[\"']?\s*[:=]\s*[\"']?http"
    )
    found = []
    for path in tracked():
        if path == Path(__file__) or path.suffix in (".png", ".ico", ".xlsx", ".zip", ".woff2"):
            continue
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), start=1):
            if leak.search(line):
                found.append(f"{named(path)}:{number} {line.strip()[:100]}")
    assert not found, listed(found)


def test_requirements_are_pinned_with_hashes() -> None:
    for path in tracked("requirements/*.txt"):
        text = path.read_text()
        pins = re.findall(r"^\S.*?(?=^\S|\Z)", text, re.MULTILINE | re.DOTALL)
        assert pins
        assert [pin.split()[0] for pin in pins if "==" not in pin or "--hash=sha256:" not in pin] == []


def test_warnings_are_errors(pytestconfig: pytest.Config) -> None:
    """With the one exception whose cause is known and not ours (see pyproject.toml)."""
    assert pytestconfig.getini("filterwarnings") == ["error", "ignore::pytest.PytestRemovedIn10Warning"]
