from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    """Letters, forms and labels: text, language, PDF, batches."""

    name = "notifications"

    def ready(self) -> None:
        from district import duties as ground
        from district import reference
        from district.permissions import Permission
        from notifications import duties, loaders
        from students import doings

        reference.register("letter texts", loaders.load_texts)
        ground.register(*duties.RULES)
        doings.register(doings.Doing(Permission.ISSUE_LETTERS, "letters_of_child", _("Make a letter or label")))
