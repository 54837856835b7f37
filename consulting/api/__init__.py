"""The API of consulting: one module a noun, each with its own `urlpatterns`."""

from consulting.api import engagements, offering

urlpatterns = [*offering.urlpatterns, *engagements.urlpatterns]
