"""What 10,000 variants of a VCF cost: against a plain and a packed genome, and against one variant at a time.

    python -m benchmarks.vcf [--variants 10000] [--megabases 20]

A made genome on two contigs, plain and packed by bgzip, sorted substitutions at random places, the shipped CNN. Reading is that
of the VCF with every REF compared with the genome; scoring cuts both windows of each variant and asks the model. The obvious
loop opens the same genome with pyfaidx, slices each window, encodes it and asks the model for the reference and the alternative,
one variant after the other, on a twentieth of them. One thread, seconds of processor time, the least of three runs.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from Bio import bgzf
from pyfaidx import Fasta

from benchmarks._measure import report
from seqviz_core.experiments.variant_scores import score_variants
from seqviz_core.genome import Genome, GenomeVariant, read_vcf
from seqviz_core.sequences import one_hot_encode
from seqviz_core.training import find_run

LOOP_SHARE = 20  # the obvious loop is timed on one in so many variants
LETTERS = np.frombuffer(b"ACGT", dtype=np.uint8)


def made_genome(folder: Path, bases: int, seed: int = 0) -> tuple[Path, Path, dict[str, bytes]]:
    """Write a genome of two contigs, plain and packed; return both paths and the contigs."""
    rng = np.random.default_rng(seed)
    contigs = {name: LETTERS[rng.integers(0, 4, bases // 2)].tobytes() for name in ("chr1", "chr2")}
    wrapped = b"".join(b">" + name.encode() + b"\n" + b"".join(s[i:i + 60] + b"\n" for i in range(0, len(s), 60))
                       for name, s in contigs.items())
    plain, packed = folder / "genome.fa", folder / "genome.fa.gz"
    plain.write_bytes(wrapped)
    with bgzf.BgzfWriter(str(packed)) as file:
        file.write(wrapped)
    return plain, packed, contigs


def made_vcf(contigs: dict[str, bytes], n: int, seed: int = 1) -> str:
    """Return a sorted VCF of n substitutions at random places."""
    rng, lines = np.random.default_rng(seed), ["##fileformat=VCFv4.2", "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO"]
    for name, sequence in contigs.items():
        for at in np.sort(rng.choice(len(sequence), n // 2, replace=False)).tolist():
            ref = chr(sequence[at])
            lines.append(f"{name}\t{at + 1}\t.\t{ref}\t{rng.choice([b for b in 'ACGT' if b != ref])}\t.\tPASS\t.")
    return "\n".join(lines) + "\n"


def seconds(function: Callable[[], object], repeats: int = 3) -> float:
    """Return the least processor seconds of some calls, after a first one."""
    function()
    took = []
    for _ in range(repeats):
        start = time.process_time()
        function()
        took.append(time.process_time() - start)
    return min(took)


@torch.no_grad()
def one_at_a_time(model: torch.nn.Module, path: Path, variants: list[GenomeVariant], length: int) -> np.ndarray:
    """Return the change of every logit (n, C), variant by variant; windows that leave the contig are not asked for."""
    fasta, changes = Fasta(str(path)), []
    for v in variants:
        start = v.start - length // 2
        window = str(fasta[v.contig][start:start + length]).upper()
        other = window[:length // 2] + v.alt + window[length // 2 + 1:]
        before, after = (model(torch.from_numpy(one_hot_encode([text]))) for text in (window, other))
        changes.append((after - before)[0].numpy())
    return np.array(changes)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--variants", type=int, default=10_000)
    parser.add_argument("--megabases", type=float, default=20)
    asked = parser.parse_args()
    torch.set_num_threads(1)
    run = find_run("cnn")
    model, length, figures = run.load_model(), run.spec.make_task().length, {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        plain, packed, contigs = made_genome(folder, int(asked.megabases * 1e6))
        text = made_vcf(contigs, asked.variants)
        print(f"{asked.variants:,} variants, {asked.megabases:g} Mb, windows of {length} bases, CNN; CPU seconds")
        for kind, path in (("plain", plain), ("bgzip", packed)):
            began = time.process_time()
            genome = Genome(path, folder / "indexes")
            figures[f"{kind}_index_s"] = round(time.process_time() - began, 2)
            variants = read_vcf(text, genome).variants
            figures[f"{kind}_read_s"] = round(seconds(lambda g=genome: read_vcf(text, g)), 2)
            figures[f"{kind}_score_s"] = round(seconds(lambda g=genome, v=variants: score_variants(model, g, v, length)), 2)
            print(f"{kind:<8}index {figures[f'{kind}_index_s']:>6.2f}  read {figures[f'{kind}_read_s']:>6.2f}  "
                  f"score {figures[f'{kind}_score_s']:>6.2f}")
        some = [v for v in variants[::LOOP_SHARE] if length <= v.start < len(contigs[v.contig]) - length]
        loop = seconds(lambda: one_at_a_time(model, plain, some, length)) / len(some)
        difference = float(np.abs(one_at_a_time(model, plain, some, length)[:, 0]
                                  - score_variants(model, genome, some, length, target=0).change).max())
    if difference > 1e-4:
        raise SystemExit(f"the two ways differ by {difference:.2g} logits")
    total = {kind: figures[f"{kind}_read_s"] + figures[f"{kind}_score_s"] for kind in ("plain", "bgzip")}
    figures |= {"bgzip_over_plain": round(total["bgzip"] / total["plain"], 2),
                "variants_per_s": round(asked.variants / figures["plain_score_s"]), "loop_variants_per_s": round(1 / loop),
                "loop_over_ours": round(loop * asked.variants / figures["plain_score_s"], 1), "largest_difference": difference}
    print(f"bgzip over plain {figures['bgzip_over_plain']}x; {figures['variants_per_s']:,} variants a second, one at a time "
          f"{figures['loop_variants_per_s']:,}: {figures['loop_over_ours']}x")
    report("vcf", figures)


if __name__ == "__main__":
    main()
