"""Invented children and letters for the tests of notifications."""

from datetime import date
from pathlib import Path

from notifications import facts as f
from notifications import markup, render, terms
from notifications.compose import compose
from notifications.documents import LetterContent
from notifications.facts import Day, Listing, Term, Words
from notifications.kinds import KINDS

FOLDER = Path(terms.FOLDER)
TEXTS = {
    (source.kind, source.language): source
    for source in (markup.read_source(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*/*.md")))
}
LETTERHEAD = f.Letterhead(
    district=Words(
        {
            "en": "Valle Claro Unified School District",
            "es": "Distrito Escolar Unificado de Valle Claro",
            "pa": "ਵਾਲੇ ਕਲਾਰੋ ਯੂਨੀਫਾਈਡ ਸਕੂਲ ਡਿਸਟ੍ਰਿਕਟ",
        }
    ),
    address=("310 Alder Street", "P.O. Box 12", "Valle Claro, California 95000"),
    phone="530-555-0100",
    fax="530-555-0101",
    website="valleclaro.example",
    vision=Words(
        {
            "en": "Students in Valle Claro will graduate with 21st century skills giving them true choices: "
            "career and/or college",
            "es": "Los estudiantes de Valle Claro se graduarán con habilidades del siglo XXI que les den opciones "
            "verdaderas: una carrera o la universidad",
            "pa": "ਵਾਲੇ ਕਲਾਰੋ ਦੇ ਵਿਦਿਆਰਥੀ 21ਵੀਂ ਸਦੀ ਦੇ ਹੁਨਰਾਂ ਨਾਲ ਗ੍ਰੈਜੂਏਟ ਹੋਣਗੇ: ਕਰੀਅਰ ਜਾਂ ਕਾਲਜ ਦੀ ਸੱਚੀ ਚੋਣ",
        }
    ),
    superintendent="R. Lindqvist",
    trustees=("A. Marsh", "B. Okafor", "C. Delgado", "D. Sidhu", "E. Whitfield"),
    school="Valle Claro Upper Elementary",
    school_phone="530-555-0142",
)
VALUES = {
    "student": "Ximena Castañeda Robles",
    "student_first": "Ximena",
    "grade": Term("grade.05"),
    "letter_date": Day(date(2026, 9, 1)),
    "sex": Term("sex.F"),
    "student_number": "103377",
    "ssid": "9100000031",
    "birth_date": Day(date(2016, 3, 14)),
    "primary_language": Term("language.01"),
    "enrollment_date": Day(date(2024, 1, 9)),
    "years_in_us": 6,
    "school": "Valle Claro Upper Elementary",
    "school_year": "2026-27",
    "contact_name": "Ms. Okafor",
    "contact_phone": "530-555-0142",
    "survey_language": Term("language.01"),
    "survey_date": Day(date(2026, 8, 14)),
    "el_since": Day(date(2021, 9, 7)),
    "initial_test": Term("test.initial_elpac"),
    "initial_test_date": Day(date(2021, 9, 7)),
    "test_name": Term("test.summative_elpac"),
    "test_date": Day(date(2026, 4, 21)),
    "earlier_level": Term("level.intermediate_el"),
    "placed_on": Day(date(2026, 9, 8)),
    "test_due": Day(date(2026, 9, 13)),
    "overall_level": Term("level.intermediate_el"),
    "academic": Listing(
        [
            Term("academic.caaspp_ela", {"score": "2478", "level": Term("caaspp.3")}),
            Term("academic.sri", {"score": "790L"}),
            Term("academic.mark", {"subject": Term("subject.ela"), "mark": "B"}),
        ]
    ),
    "strengths": Listing([Term("measure.listening"), Term("measure.speaking")]),
    "needs": Listing([Term("measure.reading")]),
    "program": Term("program.sei"),
    "expected_years": Term("figure.years", {"low": 5, "high": 6}),
    "reclassified_rate": 12,
    "graduation_rate": 87,
    "iep_contribution": Term("iep.contribution"),
    "ltel_support": Term("support.ltel"),
    "meeting_day": Day(date(2026, 9, 8)),
    "meeting_time": "3:15 PM",
    "meeting_room": "Library",
    "meeting_minutes": 15,
    "former_district": "Río Alto Unified School District",
    "former_school": "Río Alto Elementary",
    "records_due": Day(date(2026, 9, 4)),
    "contact_reach": "fax 530-555-0143 or 12 Orchard Lane, Valle Claro, California 95000",
    "signer_name": "M. Whitfield",
    "signer_title": "school secretary",
    "plan_subject": Term("plan_subject.ela"),
    "plan_need": "Reads 61 words a minute; grade level begins at 87.",
    "plan_action": "Small group on decoding, 20 minutes on four days a week.",
    "plan_owner": "Rosa Ibarra",
    "plan_starts": Day(date(2026, 9, 8)),
    "plan_review": Day(date(2026, 10, 20)),
    "plan_ends": Day(date(2026, 12, 7)),
    "plan_evidence": Listing(["Reading Inventory (SRI), beginning of the year 2026-27: 640 Lexile"]),
    "status": Term("status.EL"),
    "status_date": Day(date(2021, 9, 7)),
}


def _level(level: int, top: int, words: str) -> Term:
    return Term("level.of", {"level": level, "top": top, "words": Term(f"level.{words}")})


def _before(level: int, top: int) -> Term:
    return Term("level.short", {"level": level, "top": top})


SCORES = f.ScoresTable(
    rows=(
        f.ScoreRow(Term("measure.overall"), "1551", _level(4, 4, "well_developed"), _before(3, 4)),
        f.ScoreRow(Term("measure.oral_language"), "1552", _level(4, 4, "well_developed"), _before(4, 4)),
        f.ScoreRow(Term("measure.written_language"), "1549", _level(3, 4, "moderately_developed"), _before(3, 4)),
        f.ScoreRow(Term("measure.listening"), "", _level(3, 3, "well_developed"), _before(3, 3)),
        f.ScoreRow(Term("measure.speaking"), "", _level(3, 3, "well_developed"), _before(2, 3)),
        f.ScoreRow(Term("measure.reading"), "", _level(2, 3, "somewhat_moderately_developed"), _before(2, 3)),
        f.ScoreRow(Term("measure.writing"), "", _level(3, 3, "well_developed"), _before(2, 3)),
    ),
    previous_label=Term("scores.level_in", {"year": 2025}),
)
INITIAL_SCORES = f.ScoresTable(
    rows=(
        f.ScoreRow(Term("measure.overall"), "402", Term("level.intermediate_el")),
        f.ScoreRow(Term("measure.oral_language"), "", Term("level.somewhat_moderately_developed")),
        f.ScoreRow(Term("measure.written_language"), "", Term("level.beginning_to_develop")),
    )
)


def programs(language: str, chosen: str = "sei") -> f.ProgramsTable:
    return f.ProgramsTable(
        tuple(
            f.ProgramRow(
                Term(f"program.{slug}"),
                Term(f"program.{slug}.how"),
                Term(f"program.{slug}.languages", {"language": Term(language)}),
                slug == chosen,
            )
            for slug in ("sei", "elm", "dual")
        )
    )


CRITERIA = f.CriteriaTable(
    (
        f.CriterionRow(
            Term("criterion.language_test"),
            Term("asks.level", {"test": "ELPAC", "level": 4}),
            Term("today.met", {"value": Term("value.level", {"level": 4})}),
            met=True,
        ),
        f.CriterionRow(
            Term("criterion.basic_skills"),
            Listing(
                [
                    Term("asks.sri", {"value": "830L"}),
                    Term("asks.dibels", {"value": 111}),
                    Term("asks.mark", {"value": "C"}),
                ]
            ),
            Term("today.to_go", {"value": "790L", "gap": 40}),
        ),
        f.CriterionRow(Term("criterion.teacher"), Term("asks.optel", {"level": 3}), Term("today.teacher_later")),
        f.CriterionRow(Term("criterion.parents"), Term("asks.meeting"), Term("today.invitation")),
    )
)
CONDITIONS = {
    "is_el": True,
    "preliminary": False,
    "differs": False,
    "is_placed": False,
    "initial_known": True,
    "has_academic": True,
    "has_iep": False,
    "is_ltel": False,
    "is_at_risk": False,
    "not_long_term": True,
    "is_secondary": False,
    "alternate": False,
}
RECORDS = f.Checklist(
    (
        (Term("records.survey"), True),
        (Term("records.scores"), False),
        (Term("records.status"), False),
        (Term("records.placement"), False),
    )
)
PUNJABI = {
    "student": "Anmolpreet Kaur Sidhu",
    "student_first": "Anmolpreet",
    "grade": Term("grade.09"),
    "primary_language": Term("language.28"),
    "survey_language": Term("language.28"),
    "years_in_us": 8,
}


def letter_facts(kind: str = "annual", language: str = "es", values: dict | None = None, **conditions: bool):
    """Facts of one invented child; `values` and conditions replace the usual ones."""
    own = PUNJABI if language == "pa" else {}
    code = "language.28" if language == "pa" else "language.01"
    initial = kind == "initial"
    others = {name: name.replace("_", " ") for name in KINDS[kind].placeholders}
    return f.LetterFacts(
        values=others | VALUES | own | ({"test_name": Term("test.initial_elpac")} if initial else {}) | (values or {}),
        conditions=dict.fromkeys(KINDS[kind].conditions, False) | CONDITIONS | conditions,
        blocks={
            "scores_table": INITIAL_SCORES if initial else SCORES,
            "programs_table": programs(code),
            "criteria_table": CRITERIA,
            "reply_box": f.ReplyBox(Term(code), "valleclaro.example/c/7K4P-2M9Q"),
            "records_list": RECORDS,
        },
    )


def sheet(kind: str, language: str, facts: f.LetterFacts | None = None, **other):
    """One sheet of a shipped text."""
    text = TEXTS[kind, language]
    return compose(
        kind=kind,
        title=other.pop("title", text.title),
        body=other.pop("body", text.body),
        language=language,
        facts=facts or letter_facts(kind, language),
        terms=terms.shipped(),
        drafted=not text.reviewed,
    )


def letter(
    kind: str = "annual", language: str = "es", facts: f.LetterFacts | None = None, **conditions
) -> LetterContent:
    """A whole letter: the family's language, then English where the kind asks for it."""
    facts = facts or letter_facts(kind, language, **conditions)
    codes = [language] if language == "en" or (kind, "es") not in TEXTS else [language, "en"]
    return render.assemble(
        doc_id="VC-2026-010442",
        letterhead=LETTERHEAD,
        sheets=[sheet(kind, code, facts) for code in codes],
        about=str(facts.values["student"]) if kind != "survey_blank" else "",
    )
