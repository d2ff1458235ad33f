"""Live: on SQLite, what rippled is a row for a moment, which other processes read. PostgreSQL has NOTIFY for that."""

from django.db import migrations

MAKE = """
    CREATE TABLE live_ripple (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        person CHAR(32) NOT NULL, couple CHAR(32) NOT NULL, name VARCHAR(40) NOT NULL
    )
"""


def make(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(MAKE)


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TABLE live_ripple")


class Migration(migrations.Migration):
    dependencies = [("couples", "0002_walls")]
    operations = [migrations.RunPython(make, drop)]
