from django.urls import path

from couples.today import views

urlpatterns = [
    path("", views.home, name="home"),
    path("more/", views.more, name="more"),
]
