"""Everything the workbench shows, as one frozen value: the permalink.

    state = ViewState(reference="ACGT...", name="my enhancer")
    state = apply_event(state, {"kind": "edit", "start": 11, "deleted": 1, "inserted": "G"})
    from_query(to_query(state)) == state     # but for what can be redone

A reducer takes a state and returns the next one; what comes from a browser is not trusted. Positions in a state are 0-based
unless their name says otherwise; in an address, as on the screen, they count from 1.
"""

from .events import apply_event, edit, fold, move, pick, redo, remove, reset, undo, within, zoom
from .query import VERSION, FromQuery, fitting, from_query, to_query
from .view import AT_FIRST, FIRST, KINDS, LAYERS, STRANDS, Unit, ViewState

__all__ = ["AT_FIRST", "FIRST", "FromQuery", "KINDS", "LAYERS", "STRANDS", "Unit", "VERSION", "ViewState", "apply_event", "edit",
           "fitting", "fold", "from_query", "move", "pick", "redo", "remove", "reset", "to_query", "undo", "within",
           "zoom"]
