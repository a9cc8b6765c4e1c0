"""The form that every form builds on: days and languages as typed, errors with links, buttons with their verb."""

from datetime import date

import pytest
import time_machine
from crispy_forms.utils import render_crispy_form
from django import forms
from django.test import RequestFactory

from district.forms import DayField, LanguageField, Line, Part, PlanForm, PlanModelForm, shown_when, today
from district.models import Language, SchoolYear
from district.refusal import Refusal

NOON = "2026-11-23T20:00:00Z"  # noon in California


class ExitForm(PlanForm):
    submit_label = "Record the exit"
    more_submits = (("next", "Record and take the next"),)

    on = DayField(label="Last day at school", latest=today)
    why = forms.ChoiceField(label="Reason", choices=[("moved", "moved away"), ("other", "another reason")])
    words = forms.CharField(label="Which", required=False, widget=forms.Textarea(shown_when("why", "other")))


class SpokenForm(PlanForm):
    first = LanguageField(label="Answer 1")
    second = LanguageField(label="Answer 2", required=False, also={"unknown": None})


@pytest.fixture
def languages(db):
    rows = [("01", "Spanish", "español"), ("20", "Punjabi", "ਪੰਜਾਬੀ"), ("28", "Portuguese", ""), ("00", "English", "")]
    return {name: Language.objects.create(code=code, name=name, autonym=own) for code, name, own in rows}


def render(form):
    return render_crispy_form(form, context={"request": RequestFactory().get("/"), "csrf_token": "a-token"})


@time_machine.travel(NOON)
def test_day_is_read_as_typed():
    form = ExitForm({"on": "112026", "why": "moved"})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["on"] == date(2026, 11, 20)


@time_machine.travel(NOON)
def test_day_after_the_latest_is_refused_with_the_day():
    form = ExitForm({"on": "11/24/26", "why": "moved"})
    assert form.errors["on"] == ["Last day at school is after today, Mon 23 Nov 2026."]


def test_typed_values_are_kept():
    assert 'value="31/12/26"' in render(ExitForm({"on": "31/12/26", "why": "moved"}))


def test_initial_day_is_written_as_people_write_it():
    assert 'value="9/7/2026"' in render(ExitForm(initial={"on": date(2026, 9, 7)}))


def test_error_stands_on_top_with_a_link_and_at_the_field():
    html = render(ExitForm({"on": "yesterday", "why": "moved"}))
    sentence = "“yesterday” is not a date. Type month, day and year, such as 3/9/26."
    assert "There is a problem" in html
    assert f'<li><a href="#id_on">{sentence}</a></li>' in html
    assert f'<p class="field-error" id="id_on_error">{sentence}</p>' in html
    assert 'aria-describedby="id_on_helptext id_on_error"' in html
    assert 'aria-invalid="true"' in html


def test_without_errors_there_is_no_summary():
    assert "There is a problem" not in render(ExitForm())


def test_buttons_say_what_they_do_and_the_way_out_is_a_link():
    html = render(ExitForm(leave_url="/?a=1&b={{ x }}"))
    assert '<button type="submit" class="btn btn-primary">Record the exit</button>' in html
    assert '<button type="submit" class="btn btn-plain" name="next" value="1">Record and take the next</button>' in html
    assert '<a href="/?a=1&amp;b={{ x }}">Leave without saving</a>' in html


def test_form_is_posted_with_its_token_and_warns_when_left():
    html = render(ExitForm())
    assert '<input type="hidden" name="csrfmiddlewaretoken" value="a-token">' in html
    assert "data-unsaved" in html
    assert "novalidate" in html


def test_field_asked_only_sometimes_says_when():
    assert 'data-shown-when="why" data-shown-values="other"' in render(ExitForm())


def test_refusal_of_an_action_stands_at_its_field_or_on_top():
    form = ExitForm({"on": "11/20/26", "why": "moved"})
    form.refuse(Refusal("The day is before the enrollment.", "Look at the enrollment.", field="on"))
    form.refuse(Refusal("Somebody else has recorded an exit."))
    assert form.problems == [
        ("", "Somebody else has recorded an exit."),
        ("id_on", "The day is before the enrollment. Look at the enrollment."),
    ]


def test_group_of_choices_is_linked_at_its_first():
    class Choice(PlanForm):
        which = forms.ChoiceField(label="Which", choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)

    form = Choice({})
    assert form.problems == [("id_which_0", "Fill in: Which")]
    html = render(form)
    assert '<a href="#id_which_0">' in html
    assert 'id="id_which_0"' in html


@pytest.mark.parametrize("typed", ["Punjabi", "punjabi", "ਪੰਜਾਬੀ", "20", "pu", " Punjabi "])
def test_language_by_name_own_name_code_or_beginning(languages, typed):
    form = SpokenForm({"first": typed})
    assert form.is_valid(), form.errors
    assert form.cleaned_data == {"first": languages["Punjabi"], "second": None}


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("P", "“P” can be several languages: Portuguese, Punjabi. Type more of the name."),
        ("Panjabi", "“Panjabi” is not in the state's list of languages. Is Punjabi meant?"),
        ("Klingon", "“Klingon” is not in the state's list of languages. Choose one from the list."),
        ("", "Fill in: Answer 1"),
    ],
)
def test_language_not_known_is_refused_with_a_way_on(languages, typed, sentence):
    form = SpokenForm({"first": typed})
    assert form.errors["first"] == [sentence]
    if typed:
        assert f'value="{typed}"' in render(form)


def test_words_besides_languages(languages):
    form = SpokenForm({"first": "Spanish", "second": "Unknown"})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["second"] is None


def test_languages_are_read_and_printed_once(languages, django_assert_num_queries):
    with django_assert_num_queries(1):
        html = render(SpokenForm(initial={"first": languages["Spanish"]}))
    assert html.count("<datalist") == 1
    assert html.count('list="language-names"') == 2
    assert 'value="Spanish"' in html


def test_language_given_by_its_code_is_shown_by_its_name(languages):
    assert 'value="Punjabi"' in render(SpokenForm(initial={"first": "20"}))


def test_lines_and_parts_set_the_grid():
    class Grid(PlanForm):
        a = forms.CharField(label="A")
        b = forms.CharField(label="B", required=False)

        def layout(self):
            return Part("The child", Line(("a", "w4"), ("b", "w2")))

    html = render(Grid())
    assert "<legend>The child</legend>" in html
    assert 'class="field w4"' in html
    assert '<span class="opt">(optional)</span>' in html


def test_model_forms_read_days_the_same_way(db):
    class YearForm(PlanModelForm):
        class Meta:
            model = SchoolYear
            fields = ["name", "first_day", "last_day"]

    form = YearForm({"name": "2026-27", "first_day": "8/12/26", "last_day": "060427"})
    assert form.is_valid(), form.errors
    assert form.save().last_day == date(2027, 6, 4)
