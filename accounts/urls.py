"""The addresses of one's own settings and of the demo's cast."""

from django.urls import path

from accounts.views import demo, settings

app_name = "accounts"
urlpatterns = [
    path("settings/", settings.settings, name="settings"),
    path("settings/tokens/", settings.issue_token, name="issue-token"),
    path("settings/tokens/<int:pk>/revoke/", settings.revoke_token, name="revoke-token"),
    path("demo/", demo.people, name="demo"),
    path("demo/sign-in/", demo.sign_in, name="demo-sign-in"),
]
