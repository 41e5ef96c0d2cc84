"""37: on MySQL, texts of more than 64 kilobytes."""

from __future__ import annotations

from sqlalchemy import Text

from trackside.db import ddl
from trackside.db.schema import metadata
from trackside.db.upgrades.step import Step, text_columns


def shape(step: Step) -> None:
    if step.db.dialect.name != "mysql":
        return
    for table in metadata.sorted_tables:
        widened = text_columns(step.db, table.name)
        required = {column.name for column in table.primary_key if isinstance(column.type, Text)}
        changes = ", ".join(
            f"MODIFY {ddl.quote('mysql', name)} mediumtext{' NOT NULL' if name in required else ''}"
            for name in widened
        )
        if changes:
            step.db.exec_driver_sql(f"ALTER TABLE {ddl.quote('mysql', table.name)} {changes}")
