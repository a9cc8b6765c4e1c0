"""Reference data: facts of law, state and Plan that come with the product, from `fixtures/reference/`.

Each app registers its loader in `AppConfig.ready`; `manage.py load_reference` runs them all in one transaction,
from the ground upwards. A loader may run any number of times: rows that are there and equal stay untouched, and
what the district has made its own (certainty "district") is left alone.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import models, transaction

from district.history import acting
from district.models import User

YES_NO = {"yes": True, "no": False}
FOLDER = Path(__file__).resolve().parent.parent / "fixtures" / "reference"


@dataclass(frozen=True)
class Change:
    """What a loader did to one table."""

    table: str
    new: int
    changed: int
    unchanged: int


Loader = Callable[[], list[Change]]
LOADERS: dict[str, Loader] = {}


def register(name: str, load: Loader) -> None:
    """Have `load` run by `load_reference`; `name` is what an operator reads, such as "score scales"."""
    if LOADERS.get(name, load) is not load:
        raise ValueError(f"Two loaders are named {name!r}.")
    LOADERS[name] = load


def load_all(*, by: User) -> list[Change]:
    """Run every loader, all or nothing; the ground first, since the other apps point down to it."""
    with transaction.atomic(), acting(by, "reference data of the product"):
        return [change for name in sorted(LOADERS, key=_storey) for change in LOADERS[name]()]


def _storey(name: str) -> int:
    """District before students before notifications, and so on: installed apps stand from the top down."""
    names = [config.name for config in apps.get_app_configs()]
    return -names.index(LOADERS[name].__module__.split(".")[0])


def read_csv(name: str, folder: Path = FOLDER) -> list[dict[str, str]]:
    """The rows of a file in `fixtures/reference/`, or in an app's own folder of `fixtures/`."""
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def upsert(
    model: type[models.Model],
    rows: Iterable[Mapping[str, Any]],
    *,
    key: tuple[str, ...],
    keep: Callable[[Any], bool] = lambda row: False,
) -> Change:
    """Add the rows that are missing and change those that differ, by the natural key named.

    Only the fields that a row names are compared and written. A stored row for which `keep` says yes is the
    district's own and stays as it is. Raises ValidationError where a row does not fit the model.
    """
    stored = {tuple(getattr(row, name) for name in key): row for row in model._default_manager.all()}
    new: list[models.Model] = []
    changed: list[models.Model] = []
    fields: set[str] = set()
    unchanged = 0
    for values in rows:
        wanted = _typed(model, values)
        found = stored.get(tuple(getattr(wanted, name) for name in key))
        if found is None:
            wanted.clean_fields()
            new.append(wanted)
            continue
        differs = [name for name in values if getattr(found, name) != getattr(wanted, name)]
        if not differs or keep(found):
            unchanged += 1
            continue
        for name in differs:
            setattr(found, name, getattr(wanted, name))
        found.clean_fields()
        changed.append(found)
        fields.update(differs)
    if changed:  # first: a new row may follow one that ends now
        model._default_manager.bulk_update(changed, sorted(fields), batch_size=500)
    model._default_manager.bulk_create(new, batch_size=2000)
    return Change(str(model._meta.verbose_name_plural), len(new), len(changed), unchanged)


def _typed(model: type[models.Model], values: Mapping[str, Any]) -> models.Model:
    """An unsaved row whose values have the types of the fields: "30" of a file becomes 30, "" of a date None."""
    row = model()
    for name, value in values.items():
        field = model._meta.get_field(name)
        if isinstance(field, models.BooleanField):
            value = YES_NO.get(value, value)
        is_empty = value == "" and field.null and not isinstance(field, models.CharField | models.TextField)
        setattr(row, field.attname, None if is_empty or value is None else field.to_python(value))
    return row
