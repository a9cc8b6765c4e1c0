from django.apps import AppConfig
from django.contrib.staticfiles.apps import StaticFilesConfig


class ElplanConfig(AppConfig):
    """The house: settings, addresses, home pages."""

    name = "elplan"


class StaticFiles(StaticFilesConfig):
    """Static files of ours, and of the libraries only those that our pages load. Every file is compressed twice when
    it is collected; for all of them that takes half a minute."""

    ignore_patterns = [
        *StaticFilesConfig.ignore_patterns,
        "js-lib-bootstrap5/css/bootstrap[-.]rtl*",
        "js-lib-bootstrap5/css/bootstrap-*",
        "js-lib-bootstrap5/css/bootstrap.css*",
        "js-lib-bootstrap5/js/*",
        "django_htmx/ext/*",
        "django_htmx/htm*-4*",
        "django_htmx/htmx-2.js",
        "account/js/*",
        "import_export/*",
    ]
