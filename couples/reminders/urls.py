from django.urls import path

from couples.reminders import views

app_name = "reminders"
urlpatterns = [
    path("", views.home, name="home"),
    path("devices/", views.device_add, name="device_add"),
    path("devices/<uuid:pk>/end/", views.device_end, name="device_end"),
    path("off/<str:token>/", views.off, name="off"),
]
