"""Write the bundled JASPAR library from the pyjaspar package (a development requirement; no network is used).

    python scripts/make_jaspar.py

CORE vertebrates, the latest version of each matrix, of the newest release pyjaspar carries. The file is packed counts
(float32, 4 rows, all motifs side by side), widths, ids, names, and the texts that say where it comes from. The same
pyjaspar gives the same bytes.
"""

import argparse
import sys
from pathlib import Path

import numpy as np
from pyjaspar import JASPAR_LATEST_RELEASE, jaspardb

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "seqviz_core" / "motifs" / "data" / "jaspar_core_vertebrates.npz"
LICENCE = "CC BY 4.0"
CITATIONS = {
    "JASPAR2026": "Ovek Baydar D, Rauluseviciute I, Aronsen DR, et al. JASPAR 2026: expansion of transcription factor binding "
                  "profiles and integration of deep learning models. Nucleic Acids Research 2026;54(D1):D184-D193. "
                  "doi:10.1093/nar/gkaf1209",
}


def main() -> None:
    """Fetch, pack, write, and print what was written."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=OUT)
    out = parser.parse_args().out
    if JASPAR_LATEST_RELEASE not in CITATIONS:
        sys.exit(f"Add the citation of {JASPAR_LATEST_RELEASE} to CITATIONS in {Path(__file__).name} first.")
    arrays = pack(jaspardb(release=JASPAR_LATEST_RELEASE))
    out.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(out, **arrays)
    print(f"{JASPAR_LATEST_RELEASE}: {len(arrays['ids'])} motifs, {out.stat().st_size / 1000:.0f} kB in {out.name}")


def pack(database: jaspardb) -> dict[str, np.ndarray]:
    """Return the arrays of the data file, motifs in the order of their ids."""
    records = database.fetch_motifs(collection="CORE", tax_group="vertebrates", all_versions=False)
    records = sorted(records, key=lambda record: record.matrix_id)
    counts = [np.array([record.counts[base] for base in "ACGT"], dtype=np.float32) for record in records]  # each (4, k)
    release = database.release
    return {
        "counts": np.concatenate(counts, axis=1),  # (4, sum of widths)
        "widths": np.array([c.shape[1] for c in counts], dtype=np.int16),
        "ids": np.array([record.matrix_id for record in records]),
        "names": np.array([record.name for record in records]),
        "release": np.array(release),
        "licence": np.array(LICENCE),
        "citation": np.array(CITATIONS[release]),
        "source": np.array(f"{release} CORE vertebrates, the latest version of each matrix, through the pyjaspar package."),
    }


if __name__ == "__main__":
    main()
