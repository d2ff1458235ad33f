"""The table of contents."""

from django.urls import include, path

urlpatterns = [
    path("", include("couples.today.urls")),
    path("", include("couples.core.urls")),
    path("", include("couples.space.urls")),
    path("checkins/meeting/", include("couples.meeting.urls")),
    path("checkins/", include("couples.checkins.urls")),
    path("notes/", include("couples.notes.urls")),
    path("dates/", include("couples.dates.urls")),
    path("goals/", include("couples.goals.urls")),
    path("help/", include("couples.help.urls")),
    path("reminders/", include("couples.reminders.urls")),
]
