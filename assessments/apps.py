from django.apps import AppConfig


class AssessmentsConfig(AppConfig):
    """Chapters 1 and 3: tests, score scales, results, imports, initial identification."""

    name = "assessments"

    def ready(self) -> None:
        from assessments import letters, loaders, scales
        from district import reference
        from notifications import kinds
        from students import handouts, ladders

        reference.register("score scales", loaders.load_score_ranges)
        reference.register("measures", loaders.load_measures)
        reference.register("supports of test plans", loaders.load_supports)
        for kind, source in letters.SOURCES.items():
            kinds.register_builder(kind, source)
        ladders.register(lambda: (ladders.Ladder(*each) for each in scales.ladders()))
        handouts.register(letters.handout)
        _register_settings()
        _register_doings()
        _register_duties()
        _register_put_back()
        _register_taken()


def _register_settings() -> None:
    """Pages of this app that stand under the settings."""
    from django.utils.translation import gettext_lazy as _

    from district import parts
    from district.permissions import Permission

    figures = _("What every notice must say: expected years, reclassified, graduating.")
    parts.register(parts.Part(Permission.MANAGE_DISTRICT, "letter_figures", _("Figures in letters"), figures))
    catalog = _("The programs and the rule of placement in the families' languages.")
    parts.register(parts.Part(Permission.SIGNED_IN, "program_catalog", _("Program catalog"), catalog))
    tables = _("From which score to which a level reaches, with source.")
    parts.register(parts.Part(Permission.SIGNED_IN, "scales", _("Score tables"), tables))
    measured = _("What is measured when, and from where a child is at grade level.")
    parts.register(parts.Part(Permission.SIGNED_IN, "measures", _("Local measures"), measured))
    register = _("Who is trained for which test, and until when.")
    parts.register(parts.Part(Permission.COORDINATE_TESTS, "examiners", _("Test examiners"), register))
    windows = _("From when to when the yearly tests are given, with source.")
    parts.register(parts.Part(Permission.COORDINATE_TESTS, "test_windows", _("Windows of tests"), windows))
    named = _("What a test plan may name, with source.")
    parts.register(parts.Part(Permission.PLAN_TEST, "supports", _("Accommodations and supports"), named))


def _register_doings() -> None:
    """What can be done about tests, on a child's page."""
    from django.utils.translation import gettext_lazy as _

    from assessments.actions.referrals import names_only_question_4, survey_of
    from district.permissions import Permission
    from students.doings import Doing, register
    from students.enums import ElStatus, FlagKind
    from students.models import Student

    def has(child: Student, status: str) -> bool:
        return child.statuses.filter(status=status, ends__isnull=True).exists()

    def may_plan(child: Student) -> bool:
        flags = child.flags.filter(kind__in=(FlagKind.IEP, FlagKind.SECTION_504), ends__isnull=True)
        return flags.exists() or child.test_plans.exists()

    def is_watched(child: Student) -> bool:
        return has(child, ElStatus.EL) or has(child, ElStatus.RFEP)

    def has_question_4(child: Student) -> bool:
        return names_only_question_4(survey_of(child))

    register(
        Doing(
            Permission.RECORD_RESULT, "result_new", _("Enter the test score"), lambda child: has(child, ElStatus.TBD)
        ),
        Doing(Permission.PLAN_TEST, "test_plan", _("Test plan"), may_plan),
        Doing(Permission.VIEW_STUDENTS, "growth_child", _("Growth and measures")),
        Doing(Permission.PLAN_ACTION, "action_plan_new", _("New action plan"), is_watched),
        Doing(Permission.REFER_CHILD, "question_4", _("Refer on question 4"), has_question_4),
        Doing(Permission.GIVE_YEARLY_TEST, "yearly_test", _("Yearly test"), lambda child: has(child, ElStatus.EL)),
    )


def _register_duties() -> None:
    """Duties of this app, and the originals whose filing is one of them."""
    from django.utils.translation import gettext_lazy as _

    from assessments import duties, facts, originals
    from district import duties as ground
    from students import duties as filing
    from students import facts as known
    from students import originals as folder
    from students.queries import copies

    ground.register(*duties.RULES)
    for source in originals.SOURCES:
        folder.register(source)
        ground.register(filing.filing_duty(source))
    known.register(facts.RESULTS)
    ground.register(filing.aeries_duty(facts.RESULTS, _("Enter test results in Aeries")))
    copies.register(facts.ANNUAL)
    ground.register(filing.copy_duty(facts.ANNUAL, _("Give the teacher the annual form")))


def _register_put_back() -> None:
    """How entries of this app are put back (D-25), and what stands on the entries of the apps below."""
    from assessments import actions, queries
    from assessments.actions import action_plans, measures, referrals, schemes
    from assessments.imports import apply
    from district import entries
    from students import standing

    entries.register(actions.LOCAL_RESULT, actions.put_back_local_result)
    entries.register(actions.EARLIER_RESULT, actions.put_back_earlier_result)
    entries.register(actions.REPORTS_GIVEN, actions.put_back_reports)
    entries.register(actions.PLAN, actions.put_back_plan)
    entries.register(actions.DOCUMENTED, actions.put_back_documented)
    entries.register(actions.TRAINING, actions.put_back_training)
    entries.register(actions.WINDOW, actions.put_back_window)
    entries.register(actions.SUPPORT, actions.put_back_support)
    entries.register(actions.SITTING, actions.put_back_sittings)
    entries.register(apply.SCORE_IMPORT, apply.put_back_import)
    entries.register(measures.LOCAL_RESULTS, measures.put_back_local_results)
    entries.register(schemes.SCHEME, schemes.put_back_scheme)
    entries.register(schemes.MARKS, schemes.put_back_mark)
    entries.register(action_plans.PLANS_BEGUN, action_plans.put_back_plans_begun)
    entries.register(action_plans.PLAN_REVIEWED, action_plans.put_back_review)
    entries.register(action_plans.PLAN_CLOSED, action_plans.put_back_close)
    entries.register(referrals.REFERRED, referrals.put_back_referral)
    entries.register(referrals.ANSWERED, referrals.put_back_answer)
    standing.register(queries.stands_on)
    standing.register_test(queries.tested)


def _register_taken() -> None:
    """What corrections of a classification must know of tests and letters."""
    from assessments.actions.corrections import ElpacTests
    from students import taken

    taken.register(ElpacTests())
