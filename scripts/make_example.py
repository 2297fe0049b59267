"""Write the labelled example that stands in "Your own sequences" until a visitor puts theirs there.

    python -m scripts.make_example

160 drawn sequences of 40 bases; every second one has an E-box, CACGTG, at a random start, and no other has one.
"""

from pathlib import Path

import numpy as np

from seqviz_core.sequences import decode

OUT = Path(__file__).resolve().parent.parent / "seqviz_core" / "datasets" / "data" / "example.fa"
N, LENGTH, BOX, SEED = 160, 40, "CACGTG", 3


def main() -> None:
    """Draw and write."""
    rng, lines = np.random.default_rng(SEED), []
    while len(lines) < N:
        (sequence,) = decode(rng.integers(0, 4, (1, LENGTH), dtype=np.uint8))
        start = rng.integers(0, LENGTH - len(BOX) + 1)
        if BOX in sequence:
            continue
        boxed = len(lines) % 2 == 0
        sequence = sequence[:start] + BOX + sequence[start + len(BOX):] if boxed else sequence
        lines.append(f'>example {len(lines) + 1} label="{"E-box" if boxed else "no E-box"}"\n{sequence}\n')
    OUT.write_text("".join(lines))


if __name__ == "__main__":
    main()
