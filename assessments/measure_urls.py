"""Addresses of local measures, classes, growth, the watch list, action plans and referrals."""

from django.urls import path

from assessments.views import action_plans, classes, entry, growth, measures, referrals, watch

urlpatterns = [
    path("measures/", measures.measures, name="measures"),
    path("measures/new/", measures.measure_change, name="measure_add"),
    path("measures/windows/", measures.measure_windows, name="measure_windows"),
    path("measures/marks/", measures.mark_scale, name="mark_scale"),
    path("measures/tables/<slug:slug>/", measures.measure_adopt, name="measure_adopt"),
    path("measures/<slug:slug>/", measures.measure, name="measure"),
    path("measures/<slug:slug>/change/", measures.measure_change, name="measure_change"),
    path("measures/<slug:slug>/enter/", entry.measure_enter, name="measure_enter"),
    path("measures/<slug:slug>/enter/<int:pk>/", entry.measure_enter_row, name="measure_enter_row"),
    path("classes/", classes.classes, name="classes"),
    path("classes/groups/", classes.class_groups, name="class_groups"),
    path("classes/sheet/", classes.class_sheet, name="class_sheet"),
    path("growth/", growth.growth, name="growth"),
    path("growth/list/", growth.growth_list, name="growth_list"),
    path("children/<int:pk>/growth/", growth.growth_child, name="growth_child"),
    path("children/<int:pk>/growth/paper/", growth.growth_child_pdf, name="growth_child_pdf"),
    path("watch-list/", watch.watch_list, name="watch_list"),
    path("watch-list/begin/", watch.action_plans_start, name="action_plans_start"),
    path("action-plans/", action_plans.action_plans, name="action_plans"),
    path("action-plans/<int:pk>/", action_plans.action_plan, name="action_plan"),
    path("children/<int:pk>/action-plan/", action_plans.action_plan_new, name="action_plan_new"),
    path("children/<int:pk>/question-4/", referrals.question_4, name="question_4"),
    path("question-4/", referrals.question_4_list, name="question_4_list"),
]
