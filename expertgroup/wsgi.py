"""The WSGI application that gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "expertgroup.settings")

application = get_wsgi_application()

# Web servers run no system checks: a demo where it must not be ends here, before the first request.
from expertgroup.checks import refuse_demo  # noqa: E402

refuse_demo()
