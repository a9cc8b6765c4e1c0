"""Addresses of local measures, classes, growth, the watch list, action plans and referrals."""

from django.urls import path

from assessments.views import entry, measures

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
]
