"""What was found of what was planted: one sentence, one table, and the published measures beside those of an untrained model."""

import streamlit as st

from ..motif_discovery import MATCH_E, Measures, Named, Planted
from ..motifs import TomtomMatch
from .cached import Found, Loaded, untrained
from .components import literal

NAMED = 6  # motifs that the sentence names of one kind


def summary(found: Found) -> str:
    """Return what was found of what was planted, in one sentence."""
    r, n = found.recovery, len(found.motifs)
    what = "filters" if found.kind == "filters" else "patterns"
    if not n:
        return f"Nothing repeats in the attribution of {len(found.data):,} sequences: this model has no {what} to show."
    if not r.planted:
        known = sum(named.is_known for named in r.named)
        text = f"{known} of {n} {what} look like a known motif; these sequences have no planted ones to compare with"
    else:
        text = f"{len(r.planted)} motifs planted: {len(r.with_status('found'))} found"
        for status in ("split", "in part", "missed"):
            names = [literal(row.motif.name) for row in r.with_status(status)]
            more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
            text += f", {len(names)} {status} ({', '.join(names[:NAMED])}{more})" if names else ""
        text += f"; {len(r.extra)} of {n} {what} match nothing planted" if r.extra else ""
    return text + (f"; {len(r.silent)} never fire{'s' * (len(r.silent) == 1)}." if r.silent else ".")


def match_line(named: Named) -> str:
    """Return e.g. "planted GATA2 (MA0036.4), p 2e-09, E 2e-06, offset +2, strand -" with spaces that do not break.

    A poor match is said to be one.
    """
    match = named.match
    if match is None:
        return "too little to compare"
    source = "planted" if named.is_planted else "JASPAR"
    prefix = "" if match.e < MATCH_E else "no match; nearest is "
    return f"{prefix}{source} {match.target.name} ({match.target.id}), {_chances(match)}, {_place(match)}"


def _chances(match: TomtomMatch) -> str:
    return f"p\u00a0{match.p:.1g}, E\u00a0{match.e:.2g}"


def _place(match: TomtomMatch) -> str:
    return f"offset\u00a0{match.offset:+d}, strand\u00a0{match.strand}"


def recovery_table(loaded: Loaded, found: Found) -> None:
    """Show how each planted motif was found, and the measures the literature compares models by."""
    r = found.recovery
    if r.planted:
        st.dataframe([_row(found, row) for row in r.planted], hide_index=True, width="stretch", key="recovery",
                     height=min(35 * (len(r.planted) + 1) + 3, 388), column_config={
                         "covered": st.column_config.ProgressColumn(
                             "covered", format="percent", min_value=0, max_value=1, width="small",
                             help="Share of the motif's information under the best match")})
    if found.motifs:
        null = f" Before training: {_shares(found, untrained(loaded, found.kind))}." if found.kind != "modisco" else ""
        st.caption(_measured(found, r.measures) + null)


def _row(found: Found, row: Planted) -> dict[str, object]:
    best = found.recovery.named[row.by[0]].planted if row.by else None
    return {"planted motif": f"{row.motif.name} ({row.motif.id})", "status": row.status,
            f"by {'filter' if found.kind == 'filters' else 'pattern'}": _numbers(found, row), "covered": round(row.covered, 2),
            "p": f"{best.p:.1g}" if best else "", "E": f"{best.e:.1g}" if best else "",
            "offset": f"{best.offset:+d}" if best else "", "strand": best.strand if best else ""}


def _numbers(found: Found, row: Planted) -> str:
    """Return "2, 9, 11": the motifs by number, so that many of them fit."""
    return ", ".join(str(n) for n in sorted(found.motifs[i].number for i in row.by))


def _measured(found: Found, m: Measures) -> str:
    return (f"TOMTOM against {found.recovery.n_targets:,} motifs, all of the bundled JASPAR: a match has E < {MATCH_E} "
            f"(E = p x {found.recovery.n_targets:,}). {_shares(found, m)[0].upper()}{_shares(found, m)[1:]}; median of "
            f"-log10 q: {m.median_q:.1f}.")


def _shares(found: Found, m: Measures) -> str:
    what = "filters" if found.kind == "filters" else "patterns"
    if not m.n:
        return f"no {what} at all"
    planted = f", {m.planted_hit:.0%} a planted one" if found.recovery.planted else ""
    return f"{m.any_hit:.0%} of {m.n} {what} match a known motif{planted}"
