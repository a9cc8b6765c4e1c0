"""All addresses. Each app brings its own; a route that does not declare its permission keeps elplan from starting."""

from allauth.account import views as account
from django.urls import path

# Sign-up is closed, so only these pages of the library exist.
urlpatterns = [
    path("account/login/", account.login, name="account_login"),
    path("account/logout/", account.logout, name="account_logout"),
    path("account/inactive/", account.account_inactive, name="account_inactive"),
    path("account/password/", account.password_change, name="account_change_password"),
    path("account/reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
]
