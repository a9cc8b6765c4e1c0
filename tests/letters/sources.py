"""A source of facts for tests: every child of the school is due the letter, and the facts are those of `samples`."""

from __future__ import annotations

from notifications import kinds
from notifications.facts import Missing
from notifications.models import Letter
from students.models import Student
from tests.letters import samples


class SampleSource:
    """Due: whoever is enrolled and has no letter of the kind. A child named "Nofacts" lacks its program."""

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def due(self, school, on):
        has_letter = Letter.objects.filter(kind=self.kind).values("student")
        return Student.objects.enrolled(on, school).exclude(pk__in=has_letter)

    def facts_for(self, students, on):
        return {student.pk: self._facts(student) for student in students}

    def _facts(self, student):
        if student.first_name == "Nofacts":
            return [Missing("the program", "placement", {"pk": student.pk})]
        if student.first_name == "Broken":
            raise ZeroDivisionError
        values = {"student": student.name, "student_first": student.called, "student_number": student.local_id}
        facts = samples.letter_facts(self.kind, "es", values)
        return type(facts)(facts.values, facts.conditions, facts.blocks, subject_key=f"test {student.pk}")


def register(monkeypatch, *names: str) -> None:
    """Put the sample source in the place of the product's own for the kinds named."""
    for kind in names:
        monkeypatch.setitem(kinds.register._builders, kind, SampleSource(kind))
