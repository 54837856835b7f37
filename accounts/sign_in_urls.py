"""Sign-in under /accounts/, by the names that allauth looks up; what is not listed here does not exist."""

from allauth.account import views as theirs
from django.urls import path, re_path

from accounts.views import sign_in

urlpatterns = [
    path("login/", sign_in.Login.as_view(), name="account_login"),
    path("logout/", sign_in.Logout.as_view(), name="account_logout"),
    path("inactive/", theirs.account_inactive, name="account_inactive"),
    path("signup/", sign_in.Signup.as_view(), name="account_signup"),
    path("reauthenticate/", sign_in.Reauthenticate.as_view(), name="account_reauthenticate"),
    path("email/", sign_in.Addresses.as_view(), name="account_email"),
    path("confirm-email/", theirs.email_verification_sent, name="account_email_verification_sent"),
    re_path(r"^confirm-email/(?P<key>[-:\w]+)/$", theirs.confirm_email, name="account_confirm_email"),
    path("password/change/", sign_in.ChangePassword.as_view(), name="account_change_password"),
    path("password/set/", sign_in.SetPassword.as_view(), name="account_set_password"),
    path("password/reset/", sign_in.ResetPassword.as_view(), name="account_reset_password"),
    path("password/reset/done/", theirs.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        sign_in.ResetPasswordFromKey.as_view(),
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done/",
        theirs.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
]
