"""Addresses of tests, placements and the score tables."""

from django.urls import path

from assessments.views import figures, initial_tests, placements, plans, results, scales

urlpatterns = [
    path("tests/", initial_tests.initial_tests, name="initial_tests"),
    path("tests/score-tables/", scales.scales, name="scales"),
    path("tests/score-reports/", results.score_reports, name="score_reports"),
    path("children/<int:pk>/test-score/", results.result_new, name="result_new"),
    path("children/<int:pk>/test-score/level/", results.result_level, name="result_level"),
    path("children/<int:pk>/earlier-score/", results.result_earlier, name="result_earlier"),
    path("children/<int:pk>/test-plan/", plans.test_plan, name="test_plan"),
    path("children/<int:pk>/placement/", placements.placement, name="placement"),
    path("placements/", placements.placements, name="placements"),
    path("placements/preview/", placements.placements_preview, name="placements_preview"),
    path("letters/figures/", figures.letter_figures, name="letter_figures"),
]
