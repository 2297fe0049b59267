"""The one exception a page shows to a visitor."""


class SeqVizError(ValueError):
    """A mistake a user can make, told in one sentence: what was given, where, and what is accepted."""
