"""Everything leaves a trace: each way of writing, one history row for each changed row, with person and reason.

The trustees stand for the ways of writing; that every tracked table has the same triggers is asked of the database.
"""

import io
from datetime import date

import pghistory
import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.db.models import Value
from django.db.models.functions import Concat
from django.test import RequestFactory

from district.history import ActorMiddleware, acting
from district.models import Trustee, User

SINCE = date(2022, 12, 9)
STOREYS = {"district", "students", "notifications", "assessments", "reclassification", "committees", "accountability"}
NAMES = ["Delphine", "Priya", "Tomás"]


@pytest.fixture
def by(db):
    return User.objects.create(username="ruth", first_name="Ruth", last_name="Abara")


@pytest.fixture
def three(db):
    """Three trustees written before anybody acts."""
    return Trustee.objects.bulk_create([Trustee(name=name, starts=SINCE) for name in NAMES])


def said():
    """(label, name, person, reason) of every history row in order; rows that came in without anybody are left out."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT event.pgh_label, event.name, context.metadata->>'actor', context.metadata->>'reason'"
            " FROM district_trusteeevent event LEFT JOIN pghistory_context context ON context.id = pgh_context_id"
            " ORDER BY event.pgh_id"
        )
        return [row for row in cursor.fetchall() if row != ("insert", row[1], None, None)]


def raw(sql, *params):
    with connection.cursor() as cursor:
        cursor.execute(sql, params)


def driver(sql, *params):
    """A cursor of the driver, past everything Django wraps around statements."""
    with connection.connection.cursor() as cursor:
        cursor.execute(sql, params)


def copy_in(rows):
    with connection.connection.cursor() as cursor:
        cursor.copy_expert("COPY district_trustee (name, starts) FROM STDIN", io.StringIO("\n".join(rows) + "\n"))


def bulk_update(rows):
    for row in rows:
        row.name += "!"
    Trustee.objects.bulk_update(rows, ["name"])


def upsert(rows):
    again = [Trustee(pk=row.pk, name=row.name + "!", starts=row.starts) for row in rows]
    Trustee.objects.bulk_create(again, update_conflicts=True, update_fields=["name"], unique_fields=["id"])


def save(rows):
    for row in rows:
        row.name += "!"
        row.save()


INSERTED = [("insert", name) for name in NAMES]
UPDATED = [("update", name + "!") for name in NAMES]
DELETED = [("delete", name) for name in NAMES]
WAYS = [
    pytest.param(
        lambda rows: [Trustee.objects.create(name=name, starts=SINCE) for name in NAMES], INSERTED, id="create"
    ),
    pytest.param(
        lambda rows: Trustee.objects.bulk_create([Trustee(name=name, starts=SINCE) for name in NAMES]),
        INSERTED,
        id="bulk_create",
    ),
    pytest.param(lambda rows: copy_in([f"{name}\t{SINCE}" for name in NAMES]), INSERTED, id="COPY"),
    pytest.param(
        lambda rows: raw("INSERT INTO district_trustee (name, starts) SELECT unnest(%s), %s", NAMES, SINCE),
        INSERTED,
        id="raw-insert",
    ),
    pytest.param(save, UPDATED, id="save"),
    pytest.param(lambda rows: Trustee.objects.update(name=Concat("name", Value("!"))), UPDATED, id="update"),
    pytest.param(bulk_update, UPDATED, id="bulk_update"),
    pytest.param(upsert, UPDATED, id="upsert"),
    pytest.param(lambda rows: raw("UPDATE district_trustee SET name = name || '!'"), UPDATED, id="raw-update"),
    pytest.param(lambda rows: driver("UPDATE district_trustee SET name = name || '!'"), UPDATED, id="driver-update"),
    pytest.param(lambda rows: [row.delete() for row in rows], DELETED, id="delete"),
    pytest.param(lambda rows: Trustee.objects.all().delete(), DELETED, id="delete-all"),
    pytest.param(lambda rows: raw("DELETE FROM district_trustee"), DELETED, id="raw-delete"),
    pytest.param(
        lambda rows: raw("WITH gone AS (DELETE FROM district_trustee RETURNING 1) SELECT count(*) FROM gone"),
        DELETED,
        id="with-delete",
    ),
]


@pytest.mark.parametrize(("write", "expected"), WAYS)
def test_each_way_of_writing_leaves_one_row_with_person_and_reason(three, by, write, expected):
    with acting(by, "Board of December"):
        write(three)
    assert sorted(said()) == sorted((label, name, "Ruth Abara", "Board of December") for label, name in expected)


@pytest.mark.parametrize(("write", "expected"), WAYS)
def test_a_write_by_nobody_is_written_down_all_the_same(three, write, expected):
    write(three)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pgh_label, name, pgh_context_id FROM district_trusteeevent ORDER BY pgh_id OFFSET 3")
        assert sorted(cursor.fetchall()) == sorted((label, name, None) for label, name in expected)


def test_what_did_not_change_leaves_no_row(three, by):
    with acting(by, "nothing new"):
        Trustee.objects.update(starts=SINCE)
        for row in three:
            row.save()
    assert said() == []


@pytest.mark.parametrize(
    "forge",
    [
        pytest.param("UPDATE district_trusteeevent SET name = 'Nobody'", id="raw-update"),
        pytest.param("DELETE FROM district_trusteeevent", id="raw-delete"),
        pytest.param(lambda: pghistory_events().update(name="Nobody"), id="update"),
        pytest.param(lambda: pghistory_events().all().delete(), id="delete"),
    ],
)
def test_the_history_is_not_rewritten(three, forge):
    before = list(pghistory_events().values())
    with pytest.raises(DatabaseError, match="append_only"), transaction.atomic():
        raw(forge) if isinstance(forge, str) else forge()
    assert list(pghistory_events().values()) == before


def pghistory_events():
    return apps.get_model("district", "TrusteeEvent").objects


def tracked():
    """Every tracked model with its table of history rows."""
    return [
        (model.pgh_tracked_model._meta.db_table, model._meta.db_table)
        for model in apps.get_models()
        if issubclass(model, pghistory.models.Event) and getattr(model, "pgh_tracked_model", None)
    ]


def triggers():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, array_agg(substring(tgname from 'pgtrigger_(.*)_[0-9a-f]+$') ORDER BY tgname)"
            " FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
            " WHERE NOT tgisinternal AND tgenabled = 'O' GROUP BY relname"
        )
        return dict(cursor.fetchall())


@pytest.mark.django_db
def test_every_tracked_table_has_the_same_triggers():
    found = triggers()
    assert len(tracked()) > 25
    lacking = {
        table: {"delete_delete", "insert_insert", "update_update"} - set(found.get(table, []))
        for table, _events in tracked()
    }
    assert {table: names for table, names in lacking.items() if names} == {}


@pytest.mark.django_db
def test_every_history_table_is_append_only():
    found = triggers()
    assert [events for _table, events in tracked() if "append_only" not in found.get(events, [])] == []


UNTRACKED = {
    "district_look": "a log itself: written once, never changed",
    "district_planrow": "comes with the product",
    "students_program": "comes with the product",
    "students_statustransition": "comes with the product",
    "assessments_scorerange": "comes with the product",
    "students_aeriesfield": "comes with the product",
    "students_packetpart": "comes with the product",
    "accountability_policyarea": "comes with the product",
    "assessments_scoreimportrow": "lines of a file on the way in; what becomes of them is tracked",
    "notifications_letterrunitem": "the working list of a run; the letters are tracked",
    "notifications_letternumber": "a counter",
}


@pytest.mark.django_db
def test_every_table_of_ours_is_tracked_or_there_is_a_reason():
    followed = {table for table, _events in tracked()}
    bare = {
        model._meta.db_table
        for model in apps.get_models()
        if model._meta.app_label in STOREYS and model._meta.managed and not issubclass(model, pghistory.models.Event)
    }
    assert bare - followed == set(UNTRACKED)


def test_blocks_within_blocks_keep_their_own_reasons(by):
    clerk = User.objects.create(username="ola", first_name="Ola", last_name="Brandt")
    with acting(by, "first"):
        Trustee.objects.create(name="a", starts=SINCE)
        with acting(clerk, "second"):
            Trustee.objects.create(name="b", starts=SINCE)
        Trustee.objects.create(name="c", starts=SINCE)
    Trustee.objects.create(name="d", starts=SINCE)
    assert said() == [
        ("insert", "a", "Ruth Abara", "first"),
        ("insert", "b", "Ola Brandt", "second"),
        ("insert", "c", "Ruth Abara", "first"),
    ]


def fail_inside(by):
    with transaction.atomic(), acting(by, "fails"):
        raw("SELECT 1 / 0")


def fail_outside(by):
    with acting(by, "fails"), transaction.atomic():
        raw("SELECT 1 / 0")


@pytest.mark.parametrize("fail", [fail_inside, fail_outside])
def test_what_failed_says_nothing_for_what_comes_after(by, fail):
    with pytest.raises(DatabaseError):
        fail(by)
    Trustee.objects.create(name="after", starts=SINCE)
    with acting(by, "works"):
        Trustee.objects.create(name="later", starts=SINCE)
    assert said() == [("insert", "later", "Ruth Abara", "works")]


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_the_block_ends_where_it_ends():
    by = User.objects.create(username="ruth", first_name="Ruth", last_name="Abara")
    with acting(by, "each statement by itself"):
        Trustee.objects.create(name="a", starts=SINCE)
        with transaction.atomic():
            Trustee.objects.create(name="b", starts=SINCE)
        connection.close()
        Trustee.objects.create(name="on a new connection", starts=SINCE)
    Trustee.objects.create(name="after", starts=SINCE)
    assert said() == [
        ("insert", name, "Ruth Abara", "each statement by itself") for name in ("a", "b", "on a new connection")
    ]


@pytest.mark.parametrize(("method", "expected"), [("POST", [("insert", "x", "Ruth Abara", None)]), ("GET", [])])
def test_what_a_request_writes_carries_the_person_signed_in(by, method, expected):
    request = RequestFactory().generic(method, "/")
    request.user = by
    ActorMiddleware(lambda request: Trustee.objects.create(name="x", starts=SINCE))(request)
    assert said() == expected
