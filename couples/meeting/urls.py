from django.urls import path

from couples.meeting import views

app_name = "meeting"
urlpatterns = [
    path("", views.home, name="home"),
    path("begin/", views.begin, name="begin"),
    path("<uuid:pk>/", views.detail, name="detail"),
    path("<uuid:pk>/go/", views.go, name="go"),
    path("<uuid:pk>/agree/", views.agree, name="agree"),
    path("<uuid:pk>/how/", views.how, name="how"),
    path("<uuid:pk>/date/", views.date, name="date"),
    path("<uuid:pk>/close/", views.close, name="close"),
    path("<uuid:pk>/history/", views.history, name="history"),
    path("<uuid:pk>/line/<slug:part>/", views.line, name="line"),
]
