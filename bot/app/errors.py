"""The one exception that a person at the terminal is meant to see."""


class Refusal(Exception):  # noqa: N818  (reads as what it is)
    """Something the user can put right.

    The command line prints it as one line on stderr, without a traceback, and exits with `code`.

    Attributes:
        problem: what is wrong, naming the place.
        remedy: what to do about it; may be empty.
        code: exit code, 1 for a failed check, 2 for wrong usage.
    """

    def __init__(self, problem: str, remedy: str = "", *, code: int = 1) -> None:
        super().__init__(f"{problem} → {remedy}" if remedy else problem)
        self.problem = problem
        self.remedy = remedy
        self.code = code
