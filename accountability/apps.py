from django.apps import AppConfig


class AccountabilityConfig(AppConfig):
    """Chapters 5, 7, 8: how the Plan is carried out, and the input that it rests on."""

    name = "accountability"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from accountability import actions, loaders
        from district import entries, parts, reference
        from district.permissions import Permission

        reference.register("policy areas", loaders.load_policy_areas)
        for kind, put_back in actions.PUT_BACK.items():
            entries.register(kind, put_back)
        note = _("Each policy area with its owners, procedures and evidence.")
        parts.register(parts.Part(Permission.VIEW_FIGURES, "coverage", _("How the Plan is carried out"), note))
        said = _("What parents, committees and staff said about the Plan, and what became of it.")
        parts.register(parts.Part(Permission.MANAGE_DISTRICT, "inputs", _("Stakeholder input"), said))
