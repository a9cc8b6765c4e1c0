"""Addresses of chapters 5, 7 and 8."""

from django.urls import path

from accountability import views

urlpatterns = [
    path("settings/coverage/", views.coverage, name="coverage"),
    path("settings/input/", views.inputs, name="inputs"),
    path("settings/input/<int:pk>/", views.input_answer, name="input_answer"),
]
