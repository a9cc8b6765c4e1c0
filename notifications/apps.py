from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    """Letters, forms and labels: text, language, PDF, batches."""

    name = "notifications"

    def ready(self) -> None:
        from district import duties as ground
        from district import entries, reference
        from district.permissions import Permission
        from notifications import actions, duties, loaders
        from students import doings

        reference.register("letter texts", loaders.load_texts)
        ground.register(*duties.RULES)
        entries.register(actions.SENT, actions.put_back_sent)
        entries.register(actions.RETURNED, actions.put_back_returned)
        entries.register(actions.FOLLOWED_UP, actions.put_back_follow_up)
        doings.register(doings.Doing(Permission.ISSUE_LETTERS, "letters_of_child", _("Make a letter or label")))
