"""All addresses. Each app brings its own; a route that does not declare its permission keeps elplan from starting."""

from allauth.account import views as account
from django.urls import include, path

from elplan.views import child, duties, entries, figures, help, home, profile, search

urlpatterns = [
    path("", home.home, name="home"),
    path("duties/", duties.duties, name="duties"),
    path("duties/file/", duties.duties_file, name="duties_file"),
    path("entries/", entries.entries, name="entries"),
    path("entries/<int:pk>/put-back/", entries.put_back, name="put_back"),
    path("search/", search.search, name="search"),
    path("search/while-typing/", search.search_while_typing, name="search_while_typing"),
    path("children/<int:pk>/", child.child, name="child"),
    path("children/<int:pk>/looks/", child.looks, name="child_looks"),
    path("figures/", figures.figures, name="figures"),
    path("profile/", profile.profile_page, name="profile"),
    path("help/", help.help_page, name="help"),
    path("", include("district.urls")),
    path("", include("students.urls")),
    path("", include("notifications.urls")),
    path("", include("assessments.urls")),
    path("", include("assessments.import_urls")),
    path("", include("accountability.urls")),
    path("", include("assessments.measure_urls")),
    # Sign-up is closed, so only these pages of the accounts' library exist.
    path("account/login/", account.login, name="account_login"),
    path("account/logout/", account.logout, name="account_logout"),
    path("account/inactive/", account.account_inactive, name="account_inactive"),
    path("account/password/", account.password_change, name="account_change_password"),
    path("account/reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
]
