"""The entry for a web server: `gunicorn elplan.wsgi`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "elplan.settings")
application = get_wsgi_application()
