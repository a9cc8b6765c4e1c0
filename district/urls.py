"""Addresses of the settings, and of the page on which people set their password."""

from django.urls import path

from district.views import calendar, letterhead, looks, people, reference

urlpatterns = [
    path("settings/", letterhead.settings, name="settings"),
    path("settings/letterhead/", letterhead.letterhead, name="letterhead"),
    path("settings/trustees/", letterhead.trustees, name="trustees"),
    path("settings/trustees/<int:pk>/end/", letterhead.trustee_end, name="trustee_end"),
    path("settings/schools/", letterhead.schools, name="schools"),
    path("settings/schools/add/", letterhead.school_add, name="school_add"),
    path("settings/schools/<int:pk>/", letterhead.school_change, name="school_change"),
    path("settings/calendar/", calendar.school_calendar, name="school_calendar"),
    path("settings/calendar/schools/<int:school_id>/", calendar.school_calendar, name="school_calendar"),
    path("settings/calendar/open/", calendar.school_year_open, name="school_year_open"),
    path("settings/calendar/years/<int:pk>/", calendar.school_year, name="school_year"),
    path("settings/calendar/years/<int:pk>/remove/", calendar.school_year_remove, name="school_year_remove"),
    path("settings/calendar/years/<int:pk>/<slug:system>s/", calendar.terms, name="terms"),
    path("settings/calendar/days-off/add/", calendar.day_off_add, name="day_off_add"),
    path("settings/calendar/schools/<int:school_id>/days-off/add/", calendar.day_off_add, name="day_off_add"),
    path("settings/calendar/days-off/<int:pk>/remove/", calendar.day_off_remove, name="day_off_remove"),
    path("settings/languages/", reference.languages, name="languages"),
    path("settings/languages/<slug:code>/", reference.language_change, name="language_change"),
    path("settings/rules/", reference.rules, name="rules"),
    path("settings/rules/<slug:code>/", reference.rule_change, name="rule_change"),
    path("settings/people/", people.people, name="people"),
    path("settings/people/add/", people.person_add, name="person_add"),
    path("settings/people/<int:pk>/", people.person, name="person"),
    path("settings/people/<int:pk>/change/", people.person_change, name="person_change"),
    path("settings/people/<int:pk>/role/", people.role_give, name="role_give"),
    path("settings/people/<int:pk>/password/", people.password_link, name="password_link"),
    path("settings/people/<int:pk>/close/", people.account_close, name="account_close"),
    path("settings/people/<int:pk>/open/", people.account_open, name="account_open"),
    path("settings/roles/<int:pk>/end/", people.role_end, name="role_end"),
    path("settings/vacancies/", people.vacancies, name="vacancies"),
    path("settings/vacancies/delegate/", people.delegation_add, name="delegation_add"),
    path("settings/vacancies/<int:pk>/end/", people.delegation_end, name="delegation_end"),
    path("settings/looks/", looks.access_log, name="access_log"),
    path("account/set-password/<str:number>/<str:token>/", people.set_password, name="set_password"),
]
