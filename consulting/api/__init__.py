"""The API of consulting: one module a noun, each with its own `urlpatterns`."""

from consulting.api import billing, engagements, offering, payments, writing

urlpatterns = [*billing.urlpatterns, *offering.urlpatterns, *engagements.urlpatterns, *payments.urlpatterns, *writing.urlpatterns]
