"""Address of the help page: one for everybody, so that no URL tells a country."""

from django.urls import path

from couples.help import views

app_name = "help"
urlpatterns = [path("", views.index, name="index")]
