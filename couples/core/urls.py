from django.urls import path

from couples.core import views

app_name = "core"
urlpatterns = [
    path("drafts/<str:key>/", views.keep_draft, name="draft"),
    path("news/seen/", views.see_all_news, name="news_seen"),
    path("news/<uuid:pk>/", views.open_news, name="news_open"),
]
