"""Which role may do what: one table, to be read by people who answer for privacy.

A permission is held in a school (or in the whole district when the role is held there). What a person may see
follows from the same table: see `district.access.Scope`.
"""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from district.enums import Role


class Permission(TextChoices):
    SIGNED_IN = "signed_in", _("be signed in")
    VIEW_STUDENTS = "students.view", _("see children and their records")
    ENROLL = "students.enroll", _("enroll children, change their particulars, transfer and exit")
    RECORD_SURVEY = "survey.record", _("enter Home Language Surveys")
    CORRECT_STATUS = "status.correct", _("correct a language status")
    ASK_CORRECTION = "status.ask", _("ask for the correction of a language status, and bring evidence")
    RECORD_RECORDS = "records.record", _("ask for and enter records of a previous district")
    RECORD_RESULT = "results.record", _("enter a locally scored test")
    IMPORT_RESULTS = "results.import", _("read in score files")
    RECORD_MEASURES = "measures.record", _("enter results of local measures")
    PLAN_ACTION = "plans.action", _("write intervention action plans")
    REFER_CHILD = "survey.refer", _("refer a child whose question 4 names another language")
    PLAN_TEST = "results.plan", _("record how a child is to be tested")
    GIVE_YEARLY_TEST = "testing.give", _("note who has taken the yearly test")
    COORDINATE_TESTS = "testing.coordinate", _("keep the register of examiners and the windows of tests")
    HOLD_CONFERENCE = "conference.record", _("record parent conferences")
    PLAN_CONFERENCE = "conference.plan", _("plan days of parent conferences and ask for interpreters")
    DECIDE_PLACEMENT = "placement.decide", _("decide program placements")
    ASSIGN_SERVICES = "services.assign", _("keep ELD sections and say which services a child has")
    RECORD_AUTHORIZATION = "authorizations.record", _("record which teachers are authorized to teach English learners")
    RECORD_REQUEST = "requests.record", _("record what parents ask for: another program, or none")
    DECIDE_REQUEST = "requests.decide", _("answer parents' requests for a program")
    HAND_OUT_COPY = "placement.copy", _("hand the placement copy to the teacher")
    FILE_ORIGINALS = "folder.file", _("file originals in the Yellow Folder")
    SCAN_ORIGINALS = "folder.scan", _("attach scans to the Yellow Folder")
    VIEW_SCANS = "folder.read", _("open the scans of the Yellow Folder")
    REVIEW_RECORDS = "records.review", _("review children's records and vouch for them")
    ENTER_CHANGES = "records.change", _("enter changes, and note what is entered in Aeries")
    READ_COPIES = "copies.read", _("get copies of the own class's placements and changes")
    VIEW_LETTERS = "letters.view", _("read and print issued letters")
    ISSUE_LETTERS = "letters.issue", _("issue letters to families")
    PUBLISH_LETTERS = "letters.publish", _("write and publish letter texts")
    VIEW_DUTIES = "duties.view", _("see what is due")
    VIEW_FIGURES = "figures.view", _("see figures without names")
    MANAGE_DISTRICT = "district.manage", _("change district settings, schools and the calendar")
    MANAGE_PEOPLE = "people.manage", _("give and end roles, name delegates")
    VIEW_ACCESS = "access.view", _("see who opened a child's page")


P = Permission
_SCHOOL_READER = {P.SIGNED_IN, P.VIEW_STUDENTS, P.VIEW_DUTIES, P.VIEW_LETTERS}

ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.SECRETARY: frozenset(
        _SCHOOL_READER
        | {P.RECORD_REQUEST}
        | {P.ENROLL, P.RECORD_SURVEY, P.RECORD_RECORDS, P.HAND_OUT_COPY, P.FILE_ORIGINALS, P.ISSUE_LETTERS}
        | {P.HOLD_CONFERENCE, P.VIEW_ACCESS, P.SCAN_ORIGINALS, P.VIEW_SCANS, P.ENTER_CHANGES, P.PLAN_CONFERENCE}
        | {P.RECORD_MEASURES, P.REFER_CHILD, P.ASK_CORRECTION}
    ),
    Role.PRINCIPAL: frozenset(
        _SCHOOL_READER
        | {P.ASSIGN_SERVICES, P.RECORD_AUTHORIZATION, P.RECORD_REQUEST, P.DECIDE_REQUEST}
        | {P.DECIDE_PLACEMENT, P.HOLD_CONFERENCE, P.ISSUE_LETTERS, P.HAND_OUT_COPY, P.FILE_ORIGINALS}
        | {P.VIEW_FIGURES, P.VIEW_ACCESS, P.PLAN_TEST, P.VIEW_SCANS, P.REVIEW_RECORDS}
        | {P.RECORD_MEASURES, P.PLAN_ACTION, P.ASK_CORRECTION, P.PLAN_CONFERENCE}
    ),
    Role.TEACHER: frozenset(
        {P.SIGNED_IN, P.VIEW_STUDENTS, P.VIEW_DUTIES, P.READ_COPIES, P.RECORD_MEASURES, P.PLAN_ACTION, P.REFER_CHILD}
        | {P.ASK_CORRECTION}
    ),
    Role.EL_LEAD: frozenset(
        _SCHOOL_READER
        | {P.ASSIGN_SERVICES, P.RECORD_REQUEST}
        | {P.RECORD_RECORDS, P.HOLD_CONFERENCE, P.HAND_OUT_COPY, P.FILE_ORIGINALS, P.PLAN_TEST, P.VIEW_SCANS}
        | {P.RECORD_MEASURES, P.PLAN_ACTION, P.REFER_CHILD, P.ASK_CORRECTION, P.PLAN_CONFERENCE}
    ),
    Role.COUNSELOR: frozenset(
        _SCHOOL_READER
        | {P.ASSIGN_SERVICES, P.RECORD_REQUEST}
        | {P.PLAN_ACTION, P.REFER_CHILD, P.HOLD_CONFERENCE, P.ASK_CORRECTION}
    ),
    Role.LEARNING_SUPPORT: frozenset(_SCHOOL_READER | {P.RECORD_MEASURES, P.PLAN_ACTION, P.PLAN_TEST}),
    Role.EXAMINER: frozenset(
        {P.SIGNED_IN, P.VIEW_STUDENTS, P.VIEW_DUTIES, P.RECORD_RESULT, P.GIVE_YEARLY_TEST, P.COORDINATE_TESTS}
    ),
    Role.LIAISON: frozenset(_SCHOOL_READER | {P.RECORD_REQUEST, P.HOLD_CONFERENCE, P.PLAN_CONFERENCE}),
    Role.EL_ADMINISTRATOR: frozenset(Permission),
    Role.SUPERINTENDENT: frozenset({P.SIGNED_IN, P.VIEW_FIGURES}),
    Role.BOARD: frozenset({P.SIGNED_IN, P.VIEW_FIGURES}),
}
