"""Addresses of the reading pages."""

from django.urls import path

from strategies import views

app_name = "strategies"
urlpatterns = [
    path("", views.index, name="index"),
    path("<slug:slug>/", views.detail, name="detail"),
]
