"""allauth's views with our forms; a refused form answers 422."""

from http import HTTPStatus
from typing import Any

from allauth.account import views as theirs
from django.forms import BaseForm
from django.http import HttpResponse

from accounts import forms
from accounts.views.demo import invitation


class Refusing:
    """The status says what the page says: a form that was refused is no success."""

    def form_invalid(self, form: BaseForm) -> HttpResponse:
        """422 with the form as it was typed."""
        response: HttpResponse = super().form_invalid(form)  # type: ignore[misc]
        response.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
        return response


class Login(Refusing, theirs.LoginView):
    """Sign-in by address and password; in the demo also by one click."""

    form_class = forms.LoginForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With the cast where there is one."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | invitation()


class Signup(Refusing, theirs.SignupView):
    """Opens an account; a known address gets a mail instead, and the same answer."""

    form_class = forms.SignupForm


class Addresses(Refusing, theirs.EmailView):
    """The addresses of an account."""

    form_class = forms.AddEmailForm


class ChangePassword(Refusing, theirs.PasswordChangeView):
    """A new password for who knows the old one."""

    form_class = forms.ChangePasswordForm


class SetPassword(Refusing, theirs.PasswordSetView):
    """A first password for somebody who is signed in."""

    form_class = forms.SetPasswordForm


class Reauthenticate(Refusing, theirs.ReauthenticateView):
    """The password once more before something delicate."""

    form_class = forms.ReauthenticateForm


class ResetPassword(Refusing, theirs.PasswordResetView):
    """Mails the link that sets a password; the answer is the same for every address."""

    form_class = forms.ResetPasswordForm


class ResetPasswordFromKey(Refusing, theirs.PasswordResetFromKeyView):
    """Where the mailed link leads."""

    form_class = forms.ResetPasswordKeyForm


class Logout(theirs.LogoutView):
    """Asks, then signs out: a link alone changes nothing."""
