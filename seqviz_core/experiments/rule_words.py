"""What the rule verdict comes to, in one sentence."""

from .marginal_words import effect_words, number
from .rule_verdict import AtGap, Finding, RuleVerdict

ASPECTS = {"presence": "the motif's presence", "and": "both motifs together", "order": "the order", "spacing": "the spacing",
           "number": "the number of sites"}
THRESHOLD = ("Follows: the mean contrast is at least half of the Bayes classifier's, or 4.6 (a hundredfold change of the odds) "
             "where that is less, and its 95 % interval leaves out zero. In part: smaller, but the interval leaves out zero.")
CONTRASTS = {
    "presence": "one site, minus none", "and": "both sites, minus the sum of each alone",
    "order": "planted order, minus the other order", "spacing": "planted gaps, minus other gaps",
    "number": "enough sites, minus too few"}


def conclude_rule(who: str, verdict: RuleVerdict) -> str:
    """Return one sentence; who : as it begins a sentence ("The CNN model")."""
    return _pair(who, verdict) if verdict.rule.is_pair else _single(who, verdict.findings[0])


def finding_words(finding: Finding | AtGap) -> str:
    """Return e.g. "follows: 4.10 (3.86 to 4.31), Bayes 5.20"."""
    bayes = "" if finding.bayes is None else f", Bayes {number(finding.bayes)}"
    return f"{finding.grade}: {effect_words(finding.effect)}{bayes}"


def _single(who: str, finding: Finding) -> str:
    verb = {"follows": "follows", "in part": "follows in part", "does not follow": "does not follow"}[finding.grade]
    return f"{who} {verb} the planted rule, {ASPECTS[finding.aspect]}: {_against(finding)}."


def _pair(who: str, verdict: RuleVerdict) -> str:
    text = f"{who} {_how_far(verdict)}"
    aspects = [f for f in verdict.findings if f.aspect == "spacing"]
    for finding in aspects:
        verb = {"follows": "It minds the distance", "in part": "It minds the distance in part",
                "does not follow": "It does not mind the distance"}[finding.grade]
        text += f" {verb} ({_against(finding)})."
    if (whole := verdict.whole_up_to) is not None:
        text += f" A unit of its last map sees {verdict.sees:,} bases, "
        text += f"so both motifs whole up to {whole:,} bases apart." if whole >= 0 else "fewer than the two motifs have."
    if verdict.from_the_ends:
        gaps = ", ".join(map(str, verdict.from_the_ends))
        text += (f" At {gaps} a unit sees less than half of the pair, but an end of the sequence together with a site: what it "
                 "knows there it can have from the place, not from the pair.")
    if verdict.findings[0].bayes is None:
        text += " This task has no Bayes curve: a hundredfold change of the odds was asked for."
    return text


def _how_far(verdict: RuleVerdict) -> str:
    low, high = verdict.rule.gaps
    planted = f"{low} bases" if low == high else f"{low} to {high} bases"
    following = [at for at in verdict.at_gaps if at.grade == "follows"]
    what = ASPECTS[verdict.findings[0].aspect]
    if len(following) == len(verdict.at_gaps):
        return f"follows the rule ({what}) at {'the' if low == high else 'every'} planted spacing, {planted}."
    if not following:
        part = any(at.grade == "in part" for at in verdict.at_gaps)
        where = "only in part" if part else "at no spacing"
        return f"follows the rule ({what}) {where}: {_against(verdict.findings[0])}; the planted spacing is {planted}."
    if verdict.reach is not None and following[-1].gap == verdict.reach:
        return f"follows the rule ({what}) up to {verdict.reach} bases apart; the planted spacing is {planted}."
    return (f"follows the rule ({what}) at {len(following)} of {len(verdict.at_gaps)} planted spacings that were asked "
            f"({', '.join(str(at.gap) for at in following)}); the planted spacing is {planted}.")


def _against(finding: Finding) -> str:
    bayes = "" if finding.bayes is None else f" against the Bayes classifier's {number(finding.bayes)}"
    return f"{effect_words(finding.effect)}{bayes}"
