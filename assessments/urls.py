"""Addresses of tests, placements and the score tables."""

from django.urls import path

from assessments.views import (
    examiners,
    figures,
    initial_tests,
    long_term,
    placements,
    plans,
    programs,
    results,
    scales,
    sheet,
    told,
    windows,
)

urlpatterns = [
    path("long-term/", long_term.long_term, name="long_term"),
    path("long-term/file.csv", long_term.long_term_csv, name="long_term_csv"),
    path("long-term/file.xlsx", long_term.long_term_xlsx, name="long_term_xlsx"),
    path("tests/", initial_tests.initial_tests, name="initial_tests"),
    path("tests/sitting/", sheet.initial_sheet, name="initial_sheet"),
    path("tests/differences/", told.differences, name="differences"),
    path("tests/results-told/", told.results_told, name="results_told"),
    path("tests/yearly/", windows.yearly_tests, name="yearly_tests"),
    path("tests/yearly/schools/", windows.yearly_schools, name="yearly_schools"),
    path("tests/windows/", windows.test_windows, name="test_windows"),
    path("tests/examiners/", examiners.examiners, name="examiners"),
    path("tests/supports/", examiners.supports, name="supports"),
    path("tests/score-tables/", scales.scales, name="scales"),
    path("tests/score-reports/", results.score_reports, name="score_reports"),
    path("children/<int:pk>/test-score/", results.result_new, name="result_new"),
    path("children/<int:pk>/test-score/level/", results.result_level, name="result_level"),
    path("children/<int:pk>/earlier-score/", results.result_earlier, name="result_earlier"),
    path("children/<int:pk>/yearly-test/", windows.yearly_test, name="yearly_test"),
    path("children/<int:pk>/test-plan/", plans.test_plan, name="test_plan"),
    path("children/<int:pk>/placement/", placements.placement, name="placement"),
    path("placements/", placements.placements, name="placements"),
    path("placements/preview/", placements.placements_preview, name="placements_preview"),
    path("programs/", programs.program_catalog, name="program_catalog"),
    path("programs/ready/", programs.ready, name="ready_to_move"),
    path("programs/moves/", programs.moves_preview, name="moves_preview"),
    path("sections/<int:pk>/children/", programs.section_children, name="section_children"),
    path("services/assign/", programs.section_assign, name="section_assign"),
    path("letters/figures/", figures.letter_figures, name="letter_figures"),
]
