"""What may be done to the district itself. Each verb asks for permission, checks, writes, and leaves its history."""

from district.actions.calendar import (
    add_days_off,
    change_school_year,
    open_school_year,
    remove_non_school_day,
    remove_school_year,
    set_terms,
)
from district.actions.letterhead import (
    add_school,
    add_trustee,
    change_language,
    change_letterhead,
    change_period,
    change_school,
    end_trustee,
)
from district.actions.people import (
    change_account,
    create_account,
    deactivate_account,
    delegate_role,
    end_delegation,
    end_role,
    give_role,
    new_password_link,
    reactivate_account,
)

__all__ = [
    "add_days_off",
    "add_school",
    "add_trustee",
    "change_account",
    "change_language",
    "change_letterhead",
    "change_period",
    "change_school",
    "change_school_year",
    "create_account",
    "deactivate_account",
    "delegate_role",
    "end_delegation",
    "end_role",
    "end_trustee",
    "give_role",
    "new_password_link",
    "open_school_year",
    "reactivate_account",
    "remove_non_school_day",
    "remove_school_year",
    "set_terms",
]
