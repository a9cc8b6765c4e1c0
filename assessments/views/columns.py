"""Naming the columns of a file that is not known, and the list of those remembered."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.enums import ImportState
from assessments.forms.columns import ColumnsForm
from assessments.imports import mapping
from assessments.models import ColumnMapping, ScoreImport
from district.access import requires
from district.permissions import Permission
from district.refusal import Refusal
from district.said import say, say_refused


@requires(Permission.IMPORT_RESULTS)
def import_columns(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The first lines of the file, and for each thing that is read the column in which it stands."""
    batch = get_object_or_404(ScoreImport, pk=pk)
    if batch.state != ImportState.UNMAPPED:
        return redirect("import_preview", pk)
    try:
        sample = mapping.sample_of(batch.file_name, mapping.waiting_file(batch))
    except Refusal as refusal:
        say_refused(request, refusal)
        return redirect("imports")
    guessed = mapping.guess(sample.header)
    initial = {"name": batch.file_name.rpartition(".")[0][:80] or batch.file_name[:80]} | guessed
    initial |= {key: guessed[other] for key, other in (("value", "mark"), ("window", "term")) if other in guessed}
    form = ColumnsForm(request.POST or None, initial=initial, header=sample.header, leave_url="../../")
    if request.method == "POST" and form.is_valid():
        try:
            mapping.name_columns(by=request.user, batch_id=pk, named=form.named(), on=timezone.localdate())
            return redirect("import_preview", pk)
        except Refusal as refusal:
            form.refuse(refusal)
    context = {"title": _("Name the columns"), "batch": batch, "sample": sample, "form": form}
    return render(request, "assessments/import_columns.html", context)


@requires(Permission.IMPORT_RESULTS, methods=("GET",))
def import_mappings(request: HttpRequest) -> HttpResponse:
    """Files whose columns a person has named, with who and when."""
    rows = [
        (row, [(mapping.label(name), column) for name, column in row.columns.items()])
        for row in ColumnMapping.objects.select_related("made_by")
    ]
    return render(request, "assessments/import_mappings.html", {"title": _("Columns remembered"), "rows": rows})


@requires(Permission.IMPORT_RESULTS, methods=("POST",))
def import_mapping_forget(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget the columns of a header; the next such file is asked about again."""
    try:
        mapping.forget(by=request.user, pk=pk)
        say(request, _("The columns are forgotten. The next such file will be asked about again."))
    except Refusal as refusal:
        say_refused(request, refusal)
    return redirect("import_mappings")
