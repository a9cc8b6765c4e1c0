from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """Letters, forms and labels: text, language, PDF, batches."""

    name = "notifications"
