from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """Letters, forms and labels: text, language, PDF, batches."""

    name = "notifications"

    def ready(self) -> None:
        from district import duties as ground
        from district import reference
        from notifications import duties, loaders

        reference.register("letter texts", loaders.load_texts)
        ground.register(*duties.RULES)
