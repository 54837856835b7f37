"""The addresses of one's own settings and of the demo's cast."""

from django.urls import path

from accounts.views import demo, settings, wallets

app_name = "accounts"
urlpatterns = [
    path("settings/", settings.settings, name="settings"),
    path("settings/tokens/", settings.issue_token, name="issue-token"),
    path("settings/tokens/<int:pk>/revoke/", settings.revoke_token, name="revoke-token"),
    path("settings/wallets/", wallets.wallets_page, name="wallets"),
    path("settings/wallets/<int:pk>/remove/", wallets.remove, name="remove-wallet"),
    path("settings/wallets/<slug:nonce>/", wallets.prove, name="prove-wallet"),
    path("demo/", demo.people, name="demo"),
    path("demo/sign-in/", demo.sign_in, name="demo-sign-in"),
]
