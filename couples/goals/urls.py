from django.urls import path

from couples.goals import views, views_acts, views_steps

app_name = "goals"
urlpatterns = [
    path("", views.home, name="home"),
    path("past/", views.past, name="past"),
    path("new/", views.new, name="new"),
    path("<uuid:pk>/", views.detail, name="detail"),
    path("<uuid:pk>/edit/", views.edit, name="edit"),
    path("<uuid:pk>/history/", views.history, name="history"),
    path("<uuid:pk>/remove/", views.remove, name="remove"),
    path("<uuid:pk>/preview/", views_acts.preview, name="preview"),
    path("<uuid:pk>/share/", views_acts.share, name="share"),
    path("<uuid:pk>/take-back/", views_acts.take_back, name="take_back"),
    path("<uuid:pk>/answer/", views_acts.answer, name="answer"),
    path("<uuid:pk>/support/", views_acts.support, name="support"),
    path("<uuid:pk>/amount/", views_acts.amount, name="amount"),
    path("<uuid:pk>/reached/", views_acts.reached, name="reached"),
    path("<uuid:pk>/let-go/", views_acts.let_go, name="let_go"),
    path("<uuid:pk>/again/", views_acts.take_up, name="take_up"),
    path("<uuid:pk>/steps/", views_steps.add, name="step_add"),
    path("<uuid:pk>/steps/<uuid:step>/remove/", views_steps.remove, name="step_remove"),
    path("steps/<uuid:pk>/edit/", views_steps.edit, name="step_edit"),
    path("steps/<uuid:pk>/tick/", views_steps.tick, name="step_tick"),
    path("steps/<uuid:pk>/date/", views_steps.plan, name="step_plan"),
]
