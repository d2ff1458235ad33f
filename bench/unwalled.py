"""The app without row-level security, for ``bench.walls`` alone: nothing says for whom a request runs.

It needs a connection that passes by the policies. Nothing but a measurement may ever run this.
"""

import django

django.setup()

from couples.core import wall  # noqa: E402
from reconnect.wsgi import application as application  # noqa: E402

wall.stands = lambda: False
