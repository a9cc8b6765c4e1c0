"""A refusal says what is wrong and how to mend it; every action raises this one, and every door shows it."""


class Refusal(Exception):
    """The action was not done, and nothing was written.

    `message` says what is wrong, `mend` what the person can do about it; `field` names the form field it belongs to.
    """

    def __init__(self, message: str, mend: str = "", *, field: str = "") -> None:
        super().__init__(message)
        self.message, self.mend, self.field = message, mend, field

    def __str__(self) -> str:
        return f"{self.message} {self.mend}".strip()


class NotAllowed(Refusal):
    """The person may not do this here."""

    def __init__(self, what: str, where: str = "") -> None:
        place = f" at {where}" if where else ""
        super().__init__(
            f"Your roles do not let you {what}{place}.",
            "Ask the EL administrator, who gives and ends roles.",
        )
