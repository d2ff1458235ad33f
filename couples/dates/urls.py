from django.urls import path

app_name = "dates"
urlpatterns: list[object] = []
