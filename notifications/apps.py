from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    """Letters, forms and labels: text, language, PDF, batches."""

    name = "notifications"

    def ready(self) -> None:
        from district import duties as ground
        from district import entries, parts, reference
        from district.permissions import Permission
        from notifications import actions, duties, loaders
        from students import doings

        reference.register("letter texts", loaders.load_texts)
        ground.register(*duties.RULES)
        entries.register(actions.SENT, actions.put_back_sent)
        entries.register(actions.RETURNED, actions.put_back_returned)
        entries.register(actions.FOLLOWED_UP, actions.put_back_follow_up)
        entries.register(actions.LETTERHEAD_WORDS, actions.put_back_letterhead_words)
        note = _("Name and vision line in the languages of letters.")
        part = parts.Part(Permission.PUBLISH_LETTERS, "letterhead_words", _("Letterhead in other languages"), note)
        parts.register(part)
        doings.register(doings.Doing(Permission.ISSUE_LETTERS, "letters_of_child", _("Make a letter or label")))
