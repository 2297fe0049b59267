"""The rule verdict as a piece of work (see seqviz_core.training.work), for models that take long."""

import json

from ..errors import SeqVizError
from ..training import find_run
from ..training.work import Args, Files, Tell
from .insertion import Effect, bayes_score, odds_score, telling
from .planted_rule import PlantedRule, planted_rule
from .rule_verdict import BACKGROUNDS, AtGap, Finding, RuleVerdict, background_gc, sees_at_most, verdict_of


def rule_passes(rule: PlantedRule, n: int = BACKGROUNDS) -> int:
    """Return how many sequences, about, a model reads for its verdict."""
    gaps = len(rule.asked_gaps())
    return n * (3 if not rule.is_pair else 2 * gaps + 10 if "and" not in rule.aspects else 5 * gaps)


def rule_verdict_run(args: Args, tell: Tell) -> Files:
    """Return {"verdict.json": ...} of the run args["run"], for its class args["index"]."""
    run = find_run(args["run"])
    task, model = run.spec.make_task(), run.load_model()
    rule = planted_rule(task, args["index"])
    if rule is None:
        raise SeqVizError(f"{task.label} plants no rule that insertions can test.")
    score = telling(odds_score(model, task.head, rule.index), rule_passes(rule), tell)
    found = verdict_of(score, rule, task.length, bayes_score(task, rule.index), sees_at_most(model, task.length),
                       gc=background_gc(task))
    rows = lambda judged, name: [[getattr(j, name), list(j.effect), j.bayes, j.grade] for j in judged]
    return {"verdict.json": json.dumps({"findings": rows(found.findings, "aspect"), "at_gaps": rows(found.at_gaps, "gap"),
                                        "sees": found.sees, "n": found.n, "length": found.length})}


def verdict_from(content: bytes | str, rule: PlantedRule) -> RuleVerdict:
    """Return the verdict that `rule_verdict_run` wrote."""
    said = json.loads(content)
    read = lambda kind, rows: tuple(kind(name, Effect(*effect), bayes, grade) for name, effect, bayes, grade in rows)
    return RuleVerdict(rule, read(Finding, said["findings"]), read(AtGap, said["at_gaps"]), said["sees"], said["n"],
                       said["length"])
