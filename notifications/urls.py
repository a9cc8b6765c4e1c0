"""Addresses of letters. None of them says anything about a child but its number."""

from django.urls import path

from notifications.views import due, letter, letterhead, runs, sending, texts

urlpatterns = [
    path("letters/", due.letters, name="letters"),
    path("children/<int:pk>/letters/", letter.letters_of_child, name="letters_of_child"),
    path("letters/due/<slug:kind>/", due.letters_due, name="letters_due"),
    path("letters/issued/", due.letters_issued, name="letters_issued"),
    path("letters/sent/", sending.letters_unsent, name="letters_unsent"),
    path("letters/preview/<slug:kind>/<int:pk>/", letter.letter_preview, name="letter_preview"),
    path("letters/preview/<slug:kind>/<int:pk>/pdf/", letter.letter_preview_pdf, name="letter_preview_pdf"),
    path("letters/issue/<slug:kind>/<int:pk>/", letter.letter_issue, name="letter_issue"),
    path("letters/blank/<slug:kind>/", texts.blank_form, name="blank_form"),
    path("letters/runs/<uuid:pk>/", runs.letter_run, name="letter_run"),
    path("letters/runs/<uuid:pk>/print/", runs.letter_run_print, name="letter_run_print"),
    path("letters/runs/<uuid:pk>/stop/", runs.letter_run_stop, name="letter_run_stop"),
    path("letters/runs/<uuid:pk>/retry/", runs.letter_run_retry, name="letter_run_retry"),
    path("letters/letterhead/", letterhead.letterhead_words, name="letterhead_words"),
    path("letters/texts/", texts.letter_texts, name="letter_texts"),
    path("letters/texts/<slug:kind>/", texts.letter_text_edit, name="letter_text_edit"),
    path("letters/versions/<int:pk>/", texts.letter_text_version, name="letter_text_version"),
    path("letters/versions/<int:pk>/publish/", texts.letter_text_publish, name="letter_text_publish"),
    path("letters/versions/texts/<int:pk>/review/", texts.letter_text_review, name="letter_text_review"),
    path("letters/<uuid:pk>/", letter.letter, name="letter"),
    path("letters/<uuid:pk>/pdf/", letter.letter_pdf, name="letter_pdf"),
    path("letters/<uuid:pk>/left/", sending.letter_left, name="letter_left"),
    path("letters/<uuid:pk>/correct/", letter.letter_correct, name="letter_correct"),
]
