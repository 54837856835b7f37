"""The addresses of proposals."""

from django.urls import path

from proposals.views import (
    ballots,
    candidacies,
    comments,
    detail,
    dossiers,
    drafting,
    evidence,
    listing,
    motions,
    receipts,
    rounds,
    signatures,
)

app_name = "proposals"
urlpatterns = [
    path("", listing.index, name="list"),
    path("new/", drafting.index, name="kinds"),
    path("new/<slug:kind>/", drafting.page, name="draft"),
    path("admissions/<int:application>/", rounds.open_admission, name="open_admission"),
    path("<int:number>/", detail.page, name="detail"),
    path("<int:number>/verdict/", detail.verdict, name="verdict"),
    path("<int:number>/ballots/", detail.ballots, name="ballots"),
    path("<int:number>/ballot/", ballots.cast, name="cast"),
    path("<int:number>/motions/", motions.ask, name="ask"),
    path("<int:number>/motions/answers/", motions.answer, name="answer"),
    path("<int:number>/candidacy/", candidacies.candidacy, name="candidacy"),
    path("<int:number>/dossier.json", dossiers.file, name="dossier"),
    path("<int:number>/rounds/", rounds.open_next, name="open_next"),
    path("<int:number>/ballots/<int:ballot>/signature/", signatures.page, name="sign"),
    path("<int:number>/evidence/", evidence.page, name="evidence"),
    path("<int:number>/comments/", comments.page, name="comments"),
    path("<int:number>/comments/<int:comment>/", comments.one, name="comment"),
    path("<int:number>/comments/<int:comment>/retraction/", comments.take_back, name="retract"),
    path("<int:number>/withdrawal/", rounds.take_back, name="take_back"),
    path("<int:number>/recusal/", rounds.recuse, name="recuse"),
    path("<int:number>/execution/", rounds.execute, name="execute"),
    path("<int:number>/rounds/<int:round_number>/receipts.json", receipts.file, name="receipts"),
]
