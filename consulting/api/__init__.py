"""The API of consulting: one module a noun, each with its own `urlpatterns`."""

from consulting.api import billing, engagements, offering, writing

urlpatterns = [*billing.urlpatterns, *offering.urlpatterns, *engagements.urlpatterns, *writing.urlpatterns]
