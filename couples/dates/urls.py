from django.urls import path

from couples.dates import answers, tasks, views

app_name = "dates"
urlpatterns = [
    path("", views.home, name="home"),
    path("past/", views.past, name="past"),
    path("ideas/", views.ideas, name="ideas"),
    path("new/", views.new, name="new"),
    path("<uuid:pk>/", views.detail, name="detail"),
    path("<uuid:pk>/edit/", views.edit, name="edit"),
    path("<uuid:pk>/remove/", views.remove, name="remove"),
    path("<uuid:pk>/history/", views.history, name="history"),
    path("<uuid:pk>/plan.ics", views.as_ics, name="ics"),
    path("<uuid:pk>/propose/", answers.propose, name="propose"),
    path("<uuid:pk>/agree/", answers.agree, name="agree"),
    path("<uuid:pk>/times/", answers.offer, name="offer"),
    path("<uuid:pk>/keep/", answers.keep, name="keep"),
    path("<uuid:pk>/decline/", answers.decline, name="decline"),
    path("<uuid:pk>/cancel/", answers.cancel, name="cancel"),
    path("<uuid:pk>/look-back/", answers.look_back, name="look_back"),
    path("<uuid:pk>/tasks/", tasks.add, name="task_add"),
    path("<uuid:pk>/tasks/<uuid:task>/", tasks.tick, name="task_tick"),
    path("<uuid:pk>/tasks/<uuid:task>/remove/", tasks.remove, name="task_remove"),
]
