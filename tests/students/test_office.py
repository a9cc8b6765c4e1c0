"""The office's papers: scans, registration packets, what is in Aeries, copies for the teachers."""

from __future__ import annotations

import io
import zlib
from datetime import date

import pikepdf
import pytest
import time_machine
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from district import entries, storage
from district.duties import duties
from district.models import Entry, Language
from district.permissions import Permission
from district.refusal import NotAllowed, Refusal
from students import actions, aeries, facts, scanning
from students.enums import CopyKind, FactKind, ScanType
from students.models import AeriesTick, FolderScan, PacketTick, Placement, TeacherCopy
from tests.students.conftest import ENROLLED

D = date.fromisoformat
ON = D("2026-12-08")


@pytest.fixture(autouse=True)
def day():
    with time_machine.travel(f"{ON}T20:00:00Z", tick=True):
        yield


@pytest.fixture(autouse=True)
def store(settings, tmp_path):
    options = {"location": tmp_path, "base_url": None}
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": options},
    }
    return tmp_path


@pytest.fixture
def child(enroll, survey, year, tomas):
    found = enroll(teacher=tomas, ssid="9014558207")
    survey(found, "Punjabi", "English", "Punjabi", "-", signed_by="M. Gill", signed_on=ENROLLED)
    return found


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def picture(kind="PNG", size=(40, 50), color=200):
    file = io.BytesIO()
    Image.new("L", size, color).save(file, kind)
    return file.getvalue()


def pdf(change=None, **options):
    file = io.BytesIO()
    with pikepdf.new() as made:
        made.add_blank_page()
        if change:
            change(made)
        made.save(file, **options)
    return file.getvalue()


def with_script(made):
    made.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")


def with_file(made):
    made.attachments["x.txt"] = b"hello"


def with_pages(made):
    for _number in range(scanning.MOST_PAGES):
        made.add_blank_page()


def huge_head():
    """A PNG whose head says 40,000 by 40,000 dots; the file itself is small."""
    data = bytearray(picture())
    data[16:24] = (40_000).to_bytes(4, "big") * 2
    data[29:33] = zlib.crc32(bytes(data[12:29])).to_bytes(4, "big")
    return bytes(data)


# --- what a file is -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "kind"),
    [(picture(), ScanType.PNG), (picture("JPEG"), ScanType.JPEG), (pdf(), ScanType.PDF)],
    ids=["png", "jpeg", "pdf"],
)
def test_scans_are_told_by_their_bytes(data, kind):
    assert scanning.inspect(data).type == kind


HOSTILE = {
    "empty": (b"", "is empty"),
    "text": (b"Dear parents,", "is no PDF, JPEG or PNG"),
    "html called png": (b"<html><script>alert(1)</script>", "is no PDF, JPEG or PNG"),
    "svg": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "is no PDF, JPEG or PNG"),
    "heic": (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00", "HEIC"),
    "gif": (picture("GIF"), "is no PDF, JPEG or PNG"),
    "cut jpeg": (picture("JPEG", size=(300, 300))[:-2], "damaged"),
    "cut png": (picture(size=(300, 300))[:60], "damaged"),
    "half a pdf": (pdf()[:40], "damaged"),
    "huge picture": (huge_head(), "60 million dots"),
    "encrypted": (pdf(encryption=pikepdf.Encryption(owner="o", user="u")), "locked with a password"),
    "owner password": (pdf(encryption=pikepdf.Encryption(owner="o", user="")), "locked with a password"),
    "javascript": (pdf(with_script), "holds a program"),
    "attachment": (pdf(with_file), "holds a program"),
    "too many pages": (pdf(with_pages), "has 61 pages"),
    "too large": (b"%PDF-" + bytes(scanning.MOST_BYTES), "larger than 15 MB"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_scan_is_refused_in_plain_words(name):
    data, words = HOSTILE[name]
    with pytest.raises(Refusal, match=words) as refused:
        scanning.inspect(data)
    assert refused.value.mend
    assert refused.value.field == "file"


# --- scans --------------------------------------------------------------------------------------------------------


def attach(by, child, data, **more):
    facts_ = {"kind": "survey", "about_on": ENROLLED, "on": ON, **more}
    return actions.attach_scan(by=by, student=child, data=data, **facts_)


@pytest.mark.plan("MP1-10", "MP1-33")
def test_a_scan_is_kept_under_a_random_name_and_opened_by_who_may(child, marisela, nadia, tomas, ruth, store):
    office = signed_in(marisela)
    sent = {"original": f"survey:{ENROLLED}", "file": SimpleUploadedFile("Jasleen Gill.exe", picture())}
    page = office.post(reverse("scan_attach", args=[child.pk]), sent, follow=True).content.decode()
    assert "The scan is attached" in page
    assert "scanned" in page
    row = FolderScan.objects.get()
    assert row.file.startswith("scans/2026/")
    assert "Gill" not in row.file
    assert row.file.endswith(".png")
    found = office.get(reverse("scan_open", args=[row.pk]))
    assert found.content == picture()
    assert found.headers["Content-Type"] == "image/png"
    assert found.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in found.headers["Content-Security-Policy"]
    assert found.headers["Content-Disposition"] == f'inline; filename="survey-{ENROLLED}.png"'
    assert signed_in(ruth).get(reverse("scan_open", args=[row.pk])).status_code == 200
    for stranger in (nadia, tomas):
        assert signed_in(stranger).get(reverse("scan_open", args=[row.pk])).status_code == 404


def test_nothing_is_written_of_what_is_refused(child, marisela, store):
    office = signed_in(marisela)
    sent = {"original": f"survey:{ENROLLED}", "file": SimpleUploadedFile("survey.pdf", pdf(with_script))}
    page = office.post(reverse("scan_attach", args=[child.pk]), sent).content.decode()
    assert "holds a program" in page
    with pytest.raises(Refusal, match="has no such document"):
        attach(marisela, child, picture(), kind="placement")
    assert not FolderScan.objects.exists()
    assert not [each for each in store.rglob("*") if each.is_file()]


def test_the_same_file_is_noticed(child, enroll, survey, marisela, nadia, birch):
    attach(marisela, child, picture())
    with pytest.raises(Refusal, match="lies in the folder already"):
        attach(marisela, child, picture())
    twin = enroll(first_name="Harleen")
    survey(twin, "Punjabi", "English", "Punjabi", "-", signed_by="M. Gill", signed_on=ENROLLED)
    with pytest.raises(Refusal, match=f"folder of {child.name} already"):
        attach(marisela, twin, picture())
    attach(marisela, twin, picture(), is_of_both=True)
    far = enroll(by=nadia, school=birch, grade="04", first_name="Far", birth_date=D("2016-05-04"))
    survey(far, "English", "English", "English", "-", by=nadia, signed_by="F. Gill", signed_on=ENROLLED)
    with pytest.raises(Refusal, match="folder of another child already") as refused:
        attach(nadia, far, picture())
    assert child.name not in str(refused.value)


@pytest.mark.django_db(transaction=False)
def test_a_scan_that_is_put_back_takes_its_file_along(child, marisela, django_capture_on_commit_callbacks):
    row = attach(marisela, child, picture())
    assert default_storage.exists(row.file)
    with django_capture_on_commit_callbacks(execute=True):
        entries.put_back(Entry.objects.latest("pk").pk, by=marisela, reason="the wrong child")
    assert not FolderScan.objects.exists()
    assert storage.fetch(row.file) is None


def test_only_the_office_attaches(child, ruth, nadia):
    for person in (ruth, nadia):
        with pytest.raises(NotAllowed):
            attach(person, child, picture())


# --- packets ------------------------------------------------------------------------------------------------------

REQUIRED = ["survey", "form", "age", "residence", "immunization", "emergency"]


@pytest.mark.plan("MP1-04")
def test_the_packet_is_due_until_every_part_is_ticked(child, marisela):
    (duty,) = duties(as_of=ON, rule_ids=["packet_incomplete"]).page()
    assert "0 of 6 parts" in duty.why
    stay = child.current_enrollment
    office = signed_in(marisela)
    page = office.get(reverse("packet", args=[child.pk])).content.decode()
    assert "Home Language Survey, filled in and signed" in page
    assert "survey_blank/?language=en" in page
    child.letter_language = Language.objects.get(tag="pa")
    child.save()
    page = office.get(reverse("packet", args=[child.pk])).content.decode()
    assert "survey_blank/?language=pa" in page
    sent = {"stay": stay.pk, "part": [f"{stay.pk}:{code}" for code in REQUIRED[:5]]}
    page = office.post(reverse("packets"), sent, follow=True).content.decode()
    assert "5 ticks are saved." in page
    sent["part"] = [f"{stay.pk}:{code}" for code in REQUIRED[1:]]
    page = office.post(reverse("packet", args=[child.pk]), sent, follow=True).content.decode()
    assert "2 ticks are saved." in page
    assert not stay.packet.filter(part__code="survey").exists()
    entries.put_back(Entry.objects.latest("pk").pk, by=marisela, reason="the survey is there after all")
    assert set(stay.packet.values_list("part__code", flat=True)) == set(REQUIRED[:5])
    actions.tick_packets(by=marisela, parts={stay.pk: REQUIRED}, on=ON)
    (duty,) = duties(as_of=ON, rule_ids=["packet_incomplete"]).page()
    assert duty.done == ON


def test_another_schools_packet_is_out_of_reach(child, nadia):
    stay = child.current_enrollment.pk
    with pytest.raises(NotAllowed):
        actions.tick_packets(by=nadia, parts={stay: ["survey"]}, on=ON)
    signed_in(nadia).post(reverse("packets"), {"stay": stay, "part": f"{stay}:survey"})
    assert not PacketTick.objects.exists()


# --- Aeries -------------------------------------------------------------------------------------------------------


@pytest.mark.plan("MP1-11", "MP1-31")
def test_what_is_not_in_aeries_is_listed_ready_to_copy_and_ticked(child, marisela, nadia, ruth, programs):
    actions.place_student(by=ruth, student=child, program=programs["sei"], starts=D("2026-12-01"))
    office = signed_in(marisela)
    page = office.get(reverse("aeries"), {"kind": "survey"}).content.decode()
    assert f"STU.ID\t{child.local_id}\nSTU.CID\t9014558207\nSTU.HL\t" in page
    assert "LAC.L1\t" in page
    assert "STU.LF\tT" in office.get(reverse("aeries"), {"kind": "status"}).content.decode()
    placed = office.get(reverse("aeries"), {"kind": "placement"}).content.decode()
    assert "PGM.CD\t305\nPGM.PSD\t12/01/2026" in placed
    (duty,) = duties(as_of=ON, rule_ids=["aeries_survey"]).page()
    assert (duty.facts["number"], duty.subject) == (1, "Alder")
    fact = child.surveys.get().pk
    said = office.post(reverse("aeries") + "?kind=survey", {"pick": fact}, follow=True).content.decode()
    assert "1 fact is noted as entered." in said
    assert duties(as_of=ON, rule_ids=["aeries_survey"]).count() == 0
    assert actions.tick_in_aeries(by=marisela, picked=[(FactKind.SURVEY, fact)], on=ON) == 0
    entries.put_back(Entry.objects.latest("pk").pk, by=marisela, reason="was another child")
    assert facts.not_entered(facts.sources()[FactKind.SURVEY], ON).count() == 1
    with pytest.raises(NotAllowed):
        actions.tick_in_aeries(by=nadia, picked=[(FactKind.SURVEY, fact)], on=ON)
    assert not AeriesTick.objects.exists()


def test_a_whole_list_is_ticked_at_once(child, marisela):
    office = signed_in(marisela)
    assert "Nothing was ticked." in office.post(reverse("aeries") + "?kind=status", {}, follow=True).content.decode()
    office.post(reverse("aeries") + "?kind=status", {"do": "all", "on": "12/8/26"})
    assert AeriesTick.objects.get().kind == "status"


EXPORTS = {
    "tabs": "ID\tLF\tHL\n{id}\tT\t00\n99\tL\t01",
    "commas": "Perm,ID,LF\nx,{id},E\n",
    "codes": "STU.CID;STU.LF;LAC.L1;LAC.L4\n9014558207;TBD;28;28\n",
}


@pytest.mark.parametrize(
    ("name", "differs", "unknown"),
    [
        ("tabs", [("STU.HL", "28", "00")], ["99"]),
        ("commas", [("STU.LF", "TBD", "E")], []),
        ("codes", [("LAC.L4", "", "28")], []),
    ],
)
@pytest.mark.plan("MP1-11")
def test_an_export_of_aeries_is_set_beside_our_records(child, marisela, name, differs, unknown):
    found = aeries.compare(marisela, EXPORTS[name].format(id=child.local_id), ON)
    assert [(each.field, each.ours, each.theirs) for _child, rows in found.rows for each in rows] == differs
    assert found.unknown == unknown


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("nothing", "no lines under"),
        ("LF\nL", "no column with the student"),
        ("ID,Color\n1,red", "No column of the list can be compared"),
        ("ID,LF\n\x00", "Null characters are not allowed"),
    ],
)
def test_a_list_that_is_none(child, marisela, text, said):
    page = signed_in(marisela).post(reverse("aeries_compare"), {"pasted": text}).content.decode()
    assert said in page


def test_of_another_schools_children_nothing_is_compared(child, nadia):
    found = aeries.compare(nadia, EXPORTS["tabs"].format(id=child.local_id), ON)
    assert found.rows == []
    assert child.local_id in found.unknown


# --- copies -------------------------------------------------------------------------------------------------------


@pytest.fixture
def copies(child, ruth, marisela, programs):
    """A placement and an entered change of Tomas' child."""
    placed = actions.place_student(by=ruth, student=child, program=programs["sei"], starts=D("2026-12-01"))
    task = actions.ask_for_change(
        by=ruth, student=child, field="language", new_value="Urdu", old_value="Punjabi", why="The father says so", on=ON
    )
    actions.enter_changes(by=marisela, tasks=[task.pk], on=ON)
    return [(CopyKind.PLACEMENT, str(placed.pk)), (CopyKind.CHANGE, str(task.pk))]


@pytest.mark.plan("MP1-32", "MP1-42")
def test_the_teacher_reads_the_copies_of_the_own_class(copies, tomas, marisela):
    assert duties(as_of=ON, rule_ids=["copy_change"], state="waiting").count() == 1
    teacher = signed_in(tomas)
    page = teacher.get(reverse("my_copies")).content.decode()
    assert "Structured English Immersion" in page
    assert "Punjabi → Urdu" in page
    picks = [f"{kind}:{fact}" for kind, fact in copies]
    said = teacher.post(reverse("my_copies"), {"pick": picks}, follow=True).content.decode()
    assert "2 copies are noted as read." in said
    assert "You have read all there is." in said
    placed = Placement.objects.get()
    assert (placed.copy_given_on, placed.copy_given_by, placed.copy_given_to) == (ON, tomas, str(tomas))
    assert duties(as_of=ON, rule_ids=["copy_change", "placement_copy"], state="waiting").count() == 0
    entries.put_back(Entry.objects.latest("pk").pk, by=tomas, reason="not yet")
    assert not TeacherCopy.objects.exists()
    assert Placement.objects.get().copy_given_on is None


def test_the_office_prints_and_hands_out(copies, marisela, tomas):
    office = signed_in(marisela)
    page = office.get(reverse("copies_print")).content.decode()
    assert "2 copies" in page
    assert str(tomas) in page
    one = f"{CopyKind.CHANGE}:{copies[1][1]}"
    assert "Structured" not in office.get(reverse("copies_print"), {"only": one}).content.decode()
    said = office.post(reverse("teacher_copies"), {"pick": [one]}, follow=True).content.decode()
    assert "1 copy is noted as handed out." in said
    assert TeacherCopy.objects.get().given_to == str(tomas)


def test_a_copy_needs_a_teacher_and_another_class_gets_none(copies, child, marisela, nadia, tomas):
    child.current_enrollment.teacher = None
    child.current_enrollment.save()
    with pytest.raises(Refusal, match="has no class teacher"):
        actions.give_teacher_copies(
            by=marisela, picked=copies, on=ON, permission=Permission.HAND_OUT_COPY, is_read=False
        )
    with pytest.raises(NotAllowed):
        actions.give_teacher_copies(by=tomas, picked=copies, on=ON, permission=Permission.READ_COPIES, is_read=True)
    assert not TeacherCopy.objects.exists()
