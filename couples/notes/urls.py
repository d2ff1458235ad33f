from django.urls import path

from couples.notes import views

app_name = "notes"
urlpatterns = [
    path("", views.home, name="home"),
    path("new/", views.new, name="new"),
    path("jar/", views.jar, name="jar"),
    path("search/", views.search, name="search"),
    path("<uuid:pk>/", views.detail, name="detail"),
    path("<uuid:pk>/edit/", views.edit, name="edit"),
    path("<uuid:pk>/give/", views.give, name="give"),
    path("<uuid:pk>/back/", views.take_back, name="take_back"),
    path("<uuid:pk>/answer/", views.answer, name="answer"),
    path("<uuid:pk>/keep/", views.keep, name="keep"),
    path("<uuid:pk>/remove/", views.remove, name="remove"),
]
