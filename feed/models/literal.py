from typing import Any

from django.db.models import Value


class Literal(Value):
    """A constant of ours, written into the statement instead of sent beside it.

    SQLite uses a partial index only where the statement itself holds the index's condition; it cannot know
    what a parameter will be. Only for words and numbers that stand in the code.
    """

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[()]]:
        if isinstance(self.value, int):
            return str(int(self.value)), ()
        if not self.value.isidentifier():
            raise ValueError("Only plain words can be written into a statement.")
        return f"'{self.value}'", ()
