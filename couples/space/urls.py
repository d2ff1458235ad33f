from django.urls import path

from couples.space import doors, invitations, join, views

app_name = "space"
urlpatterns = [
    path("welcome/", views.welcome, name="welcome"),
    path("space/", views.home, name="home"),
    path("space/you/", views.you, name="you"),
    path("space/us/", views.us, name="us"),
    path("space/us/history/", views.us_history, name="us_history"),
    path("space/leave/", views.leave_space, name="leave"),
    path("space/consent/", views.consent, name="consent"),
    path("space/doors/", doors.page, name="doors"),
    path("space/doors/others/end/", doors.end_others, name="end_others"),
    path("space/doors/session/<str:key>/end/", doors.end_session, name="end_session"),
    path("space/invite/", invitations.invite_by_link, name="invite"),
    path("space/invite/mail/", invitations.invite_address, name="invite_mail"),
    path("space/invitation/<uuid:pk>/qr.svg", invitations.qr, name="qr"),
    path("space/invitation/<uuid:pk>/revoke/", invitations.revoke_own, name="revoke"),
    path("space/invitation/<uuid:pk>/confirm/", invitations.confirm_claim, name="confirm"),
    path("space/invitation/<uuid:pk>/refuse/", invitations.refuse_claim, name="refuse"),
    path("space/invitation/<uuid:pk>/take-back/", invitations.take_back, name="take_back"),
    path("join/<str:token>/", join.page, name="join"),
    path("join/<str:token>/accept/", join.accept_it, name="accept"),
    path("join/<str:token>/decline/", join.decline_it, name="decline"),
]
