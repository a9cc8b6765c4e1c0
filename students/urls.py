"""Addresses of chapters 1 and 2."""

from django.urls import path

from students.views import corrections, enrolling, office, papers, records, roster, surveys, years

urlpatterns = [
    path("children/", roster.roster, name="roster"),
    path("children/file.csv", roster.roster_csv, name="roster_csv"),
    path("children/file.xlsx", roster.roster_xlsx, name="roster_xlsx"),
    path("enroll/", enrolling.enroll, name="enroll"),
    path("new-year/", years.new_year, name="new_year"),
    path("children/<int:pk>/edit/", enrolling.student_edit, name="student_edit"),
    path("children/<int:pk>/transfer/", enrolling.transfer, name="transfer"),
    path("children/<int:pk>/survey/", surveys.survey, name="survey"),
    path("children/<int:pk>/survey/follows/", surveys.survey_follows, name="survey_follows"),
    path("children/<int:pk>/records/", records.records, name="records"),
    path("children/<int:pk>/family/", records.family, name="family"),
    path("children/<int:pk>/flags/", records.flags, name="flags"),
    path("children/<int:pk>/folder/", papers.folder, name="folder"),
    path("children/<int:pk>/correction/", corrections.correction_ask, name="correction_ask"),
    path("corrections/", corrections.corrections, name="corrections"),
    path("corrections/<int:pk>/", corrections.correction, name="correction"),
    path("surveys/next/", surveys.survey_next, name="survey_next"),
    path("surveys/<int:pk>/sign/", surveys.survey_sign, name="survey_sign"),
    path("flags/<int:pk>/end/", records.flag_end, name="flag_end"),
    path("statuses/<int:pk>/settle/", office.status_settle, name="status_settle"),
    path("folders/", papers.folder_queue, name="folder_queue"),
    path("copies/", papers.copies, name="copies"),
    path("schools/languages/", office.school_languages, name="school_languages"),
    path("settings/fluency/", office.fluency_cut, name="fluency_cut"),
]
