"""The migration operation that puts a table under row-level security."""

from typing import Any, Final

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

# Sub-selects, so that PostgreSQL asks once per statement and not once per row. `all` is no number.
PRESENT: Final = (
    "(SELECT CASE WHEN current_setting('schoolbell.{what}', true) ~ '^[0-9]+$'"
    " THEN current_setting('schoolbell.{what}', true)::bigint END)"
)
EVERYWHERE: Final = "(SELECT current_setting('schoolbell.centre', true) = 'all')"


class IsolateByCentre(Operation):
    """Let a model's rows be seen and written only within their own centre; forced on the owner too.

    The model has a field `centre` or `centre_id`. With `person`, a column with a user's id, that
    person may see and change their rows from whatever centre. A join table without a centre names
    by `via` the column and the table that has one: `via=("homework_id", "homework")`.
    """

    reversible = True

    def __init__(
        self,
        model_name: str,
        *,
        person: str = "",
        table: str = "",
        via: tuple[str, str] | None = None,
    ) -> None:
        self.model_name = model_name
        self.person = person
        self.table = table
        self.via = via

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Nothing: models do not know of policies."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        table = self._table(app_label, to_state)
        schema_editor.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        schema_editor.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        for name, (kind, condition) in self._policies().items():
            schema_editor.execute(f"CREATE POLICY {name} ON {table} {kind} USING ({condition})")

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        table = self._table(app_label, from_state)
        for name in self._policies():
            schema_editor.execute(f"DROP POLICY {name} ON {table}")
        schema_editor.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        schema_editor.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")

    def describe(self) -> str:
        return f"Keep the centres apart in {self.model_name}"

    def _policies(self) -> dict[str, tuple[str, str]]:
        """By name, for which statements, and the condition; any one of them lets a row through."""
        present = PRESENT.format(what="centre")
        own = f"{EVERYWHERE} OR centre_id = {present}"
        if self.via:
            column, table = self.via
            own = f"EXISTS (SELECT FROM {table} WHERE {table}.id = {column})"
        policies = {"own_centre": ("FOR ALL", own)}
        if self.person:
            theirs = f"{self.person} = {PRESENT.format(what='person')}"
            policies |= {
                "own_person_sees": ("FOR SELECT", theirs),
                "own_person_changes": ("FOR UPDATE", theirs),
            }
        return policies

    def _table(self, app_label: str, state: ProjectState) -> str:
        model: Any = state.apps.get_model(app_label, self.model_name)
        return self.table or str(model._meta.db_table)  # noqa: SLF001 - where Django keeps it
