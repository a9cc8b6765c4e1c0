"""A few issued letters, how they left and what came back; the letterhead in Spanish and Punjabi.

Letters are real ones, made by the same verbs as in daily work, because each has its PDF. They are few, for setting a
letter takes a third of a second; the awkward cases are among them on purpose.
"""

from __future__ import annotations

from datetime import date, timedelta

from district.models import District, User
from district.queries import school_year
from notifications.actions import follow_up, issue_letter, note_returned, note_sent, set_letterhead_words
from notifications.enums import FollowUp, Way
from notifications.facts import LetterFacts
from notifications.kinds import builders
from notifications.models import Letter, LetterheadWords
from students.models import Student

AGO = timedelta(days=8)
FROM_CHILDREN = 1000  # smaller districts are for tests of other things
LOOKED_AT = 60  # children among whom those are found of whom all facts are there
WORDS = {
    "es": (
        "Distrito Escolar Unificado de {place}",
        "Los estudiantes de {place} se graduarán con habilidades del siglo XXI que les den opciones verdaderas: una "
        "carrera o la universidad",
    ),
    "pa": ("{place} ਯੂਨੀਫਾਈਡ ਸਕੂਲ ਡਿਸਟ੍ਰਿਕਟ", "{place} ਦੇ ਵਿਦਿਆਰਥੀ 21ਵੀਂ ਸਦੀ ਦੇ ਹੁਨਰਾਂ ਨਾਲ ਗ੍ਰੈਜੂਏਟ ਹੋਣਗੇ: ਕਰੀਅਰ ਜਾਂ ਕਾਲਜ ਦੀ ਸੱਚੀ ਚੋਣ"),
}


def letterhead(by: User, on: date) -> None:
    """Name and vision line in both languages, drafts, as they hold since the first school year that is known."""
    district = District.objects.get()
    place = district.name.removesuffix(" Unified School District")
    for language, (name, vision) in WORDS.items():
        set_letterhead_words(
            by=by, language=language, starts=on, on=on, name=name.format(place=place), vision=vision.format(place=place)
        )
    LetterheadWords.objects.update(starts=date(on.year - 1, 7, 1))


def issue(by: User, on: date) -> None:
    """Annual letters of a week ago: two nobody has noted, others out, back, asked about, sent again, given up."""
    year = school_year(on)
    day = on - AGO
    if year is None or day < year.first_day:
        return
    children = _complete(by, day)
    made = [issue_letter(by=by, kind="annual", student=child, on=day, accepts_drafts=True) for child in children]
    _send(by, made, day, on)


def _complete(by: User, day: date, count: int = 9) -> list[Student]:
    """Children to whom the annual letter is due and of whom nothing is missing, in the order of their names."""
    due = list(builders()["annual"].due(None, day).order_by("search_key", "pk")[:LOOKED_AT])
    facts = builders()["annual"].facts_for(due, day)
    return [child for child in due if isinstance(facts[child.pk], LetterFacts)][:count]


def _send(by: User, letters: list[Letter], day: date, on: date) -> None:
    keys = [letter.pk for letter in letters]
    later = day + timedelta(days=4)
    ways = (
        (keys[2:6], Way.MAILED, ""),
        (keys[6:7], Way.WITH_CHILD, ""),
        (keys[7:8], Way.HANDED, "to the grandmother, at the office"),
        (keys[8:], Way.OTHER, "the liaison took it to the family"),
    )
    for some, way, note in ways:
        if some:
            note_sent(by=by, letters=some, way=way, left_on=day, on=on, note=note)
    if len(keys) > 5:
        note_returned(by=by, letters=keys[3:6], returned_on=later, on=on)
        follow_up(by=by, letter=keys[4], what=FollowUp.ASKED, done_on=later, on=on, note="called the emergency contact")
        note_sent(by=by, letters=keys[5:6], way=Way.HANDED, left_on=on, on=on, note="to the mother")
