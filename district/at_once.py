"""Many tables made in one step of a migration.

Django works out the state of all models anew for each operation. With the two hundred tables that history brings along,
that takes minutes; the tables themselves take a second. Here the state is brought forward as a whole, worked out once,
and each table is made as it is in the end: with its columns, indexes and constraints, then its triggers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import AddConstraint, AddField, AddIndex, CreateModel
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from pgtrigger.migrations import AddTrigger

PART_OF_THE_TABLE = (AddField, AddConstraint, AddIndex)


class AllAtOnce(Operation):
    """Operations on models that are all created here; ValueError names one that is about another model.

    `makemigrations` writes them one by one; who commits the migration wraps those of the new models into this.
    """

    reduces_to_sql = True
    reversible = True

    def __init__(self, operations: Sequence[Operation]) -> None:
        self.operations = list(operations)
        created = {each.name.lower() for each in self.operations if isinstance(each, CreateModel)}
        for each in self.operations:
            if isinstance(each, CreateModel):
                continue
            if not isinstance(each, (*PART_OF_THE_TABLE, AddTrigger)) or each.model_name.lower() not in created:
                raise ValueError(f"Not about a model that is created here: {each.describe()}")

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        return type(self).__name__, [self.operations], {}

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        state.__dict__.pop("apps", None)  # worked out once, when all is there
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        for operation in self.operations:
            if not isinstance(operation, PART_OF_THE_TABLE):
                operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        for operation in reversed(self.operations):
            if isinstance(operation, CreateModel):
                operation.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        tables = sum(isinstance(each, CreateModel) for each in self.operations)
        return f"Create {tables} tables with what belongs to them"
