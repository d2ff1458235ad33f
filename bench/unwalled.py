"""The app without its walls, for ``bench.walls`` alone: no row-level security, and words as plain text.

It needs a database of its own, which it fills itself (``python -m bench.unwalled demo``), and a connection that passes by
the policies. Nothing but a measurement may ever run this.
"""

import sys

import django

django.setup()

from django.apps import apps  # noqa: E402
from django.core.management import execute_from_command_line  # noqa: E402
from django.db.models.query_utils import DeferredAttribute  # noqa: E402

from couples.core import couple, fields, wall  # noqa: E402
from reconnect.wsgi import application as application  # noqa: E402

wall.stands = lambda: False
couple.folded_sql = lambda _vendor: "NULL"

Private = fields.PrivateTextField
del Private.from_db_value
Private.pre_save = lambda self, row, add: getattr(row, self.attname)  # noqa: ARG005
Private.get_db_prep_save = lambda _self, value, connection: value  # noqa: ARG005
Private.get_col = lambda self, alias, output_field=None: fields.Col(alias, self, output_field or self)
for model in apps.get_models():
    for field in fields._private(model):
        setattr(model, field.attname, DeferredAttribute(field))

if __name__ == "__main__":
    execute_from_command_line(["manage.py", *sys.argv[1:]])
