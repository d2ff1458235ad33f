from django.urls import path

from couples.checkins import views, views_loop

app_name = "checkins"
urlpatterns = [
    path("", views.home, name="home"),
    path("new/", views.new, name="new"),
    path("mine/", views.mine, name="mine"),
    path("day/", views.rhythm, name="rhythm"),
    path("step/done/", views_loop.did_it, name="step_done"),
    path("step/undo/", views_loop.undo, name="step_undo"),
    path("step/swap/", views_loop.swap, name="step_swap"),
    path("choice/<uuid:pk>/", views_loop.choice, name="choice"),
    path("strategy/<slug:slug>/say/", views_loop.choose, name="choose"),
    path("strategy/<slug:slug>/unsay/", views_loop.unsay, name="unsay"),
    path("strategy/<slug:slug>/begin/", views_loop.begin, name="begin"),
    path("strategy/<slug:slug>/rest/", views_loop.rest, name="rest"),
    path("<uuid:pk>/", views.detail, name="detail"),
    path("<uuid:pk>/edit/", views.edit, name="edit"),
    path("<uuid:pk>/seal/", views.seal, name="seal"),
    path("<uuid:pk>/back/", views.take_back, name="take_back"),
    path("<uuid:pk>/remove/", views.remove, name="remove"),
]
