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
WHOLE_OUTBOX: Final = (
    "(SELECT current_setting('schoolbell.outbox', true) = 'all'"
    " OR current_setting('schoolbell.centre', true) = 'all')"
)


class IsolateByCentre(Operation):
    """Let a model's rows be seen and written only within their own centre; forced on the owner too.

    The model has a field `centre` or `centre_id`. With `person`, a column with a user's id, that
    person may see and change their rows from whatever centre. For a model's join table, which has
    no centre, `join` names it, its column and the table with a centre to which that leads.

    A table of the `outbox` is also open to who sees to all of it. Where it is `shared`, its rows of
    no centre (0) are seen within every centre: what the clock began, say, has effects in each. And
    everybody may add to it: an event need not be of the centre in which it is recorded.
    """

    reversible = True

    def __init__(
        self,
        model_name: str,
        *,
        person: str = "",
        join: tuple[str, str, str] | None = None,
        outbox: bool = False,
        shared: bool = False,
    ) -> None:
        self.model_name = model_name
        self.person = person
        self.join = join
        self.outbox = outbox
        self.shared = shared

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
        for name, rule in self._policies().items():
            schema_editor.execute(f"CREATE POLICY {name} ON {table} {rule}")

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

    def _policies(self) -> dict[str, str]:
        """By name, for which statements and rows; any one of them lets a row through."""
        present = PRESENT.format(what="centre")
        own = f"{WHOLE_OUTBOX if self.outbox else EVERYWHERE} OR centre_id = {present}"
        if self.join:
            _, column, owner = self.join
            own = f"EXISTS (SELECT FROM {owner} WHERE {owner}.id = {column})"
        policies = {"own_centre": f"FOR ALL USING ({own})"}
        if self.shared:
            policies |= {
                "no_centre": f"FOR SELECT USING (centre_id = 0 AND {present} IS NOT NULL)",
                "recorded": "FOR INSERT WITH CHECK (true)",
            }
        if self.person:
            theirs = f"{self.person} = {PRESENT.format(what='person')}"
            policies |= {
                "own_person_sees": f"FOR SELECT USING ({theirs})",
                "own_person_changes": f"FOR UPDATE USING ({theirs})",
            }
        return policies

    def _table(self, app_label: str, state: ProjectState) -> str:
        if self.join:
            return self.join[0]
        model: Any = state.apps.get_model(app_label, self.model_name)
        return str(model._meta.db_table)  # noqa: SLF001 - where Django keeps it
