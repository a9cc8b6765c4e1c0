"""Addresses of score files."""

from django.urls import path

from assessments.views import columns, imports

urlpatterns = [
    path("score-files/", imports.imports, name="imports"),
    path("score-files/new/", imports.import_upload, name="import_upload"),
    path("score-files/columns/", columns.import_mappings, name="import_mappings"),
    path("score-files/columns/<int:pk>/forget/", columns.import_mapping_forget, name="import_mapping_forget"),
    path("score-files/<uuid:pk>/columns/", columns.import_columns, name="import_columns"),
    path("score-files/<uuid:pk>/", imports.import_preview, name="import_preview"),
    path("score-files/<uuid:pk>/apply/", imports.import_apply, name="import_apply"),
    path("score-files/<uuid:pk>/leave-out/", imports.import_leave_out, name="import_leave_out"),
    path("score-files/<uuid:pk>/discard/", imports.import_discard, name="import_discard"),
    path("score-files/<uuid:pk>/put-back/", imports.import_undo, name="import_undo"),
    path("score-files/<uuid:pk>/rejected/", imports.import_rejected, name="import_rejected"),
]
