"""Writes metrics.json, the values that scipy and scikit-learn give the metrics
of this package. Run from anywhere, with numpy, scipy and scikit-learn:

    python metrics.py

A true ranking is text like 3>0=1/5 (labels from the best to the worst, = for
ties, labels that are not listed are unranked), a prediction like 3>0>1>2>4.
Kendall's tau over the pairs that the truth orders is Somers' D given the
truth, tau-a is Somers' D given the prediction, which has no ties.
"""

import json
import pathlib
import platform

import numpy as np
import scipy
import sklearn
from scipy import stats
from scipy.spatial import distance
from sklearn import metrics


def row(groups, order):
    """The metrics of one row, or None where the truth compares nothing."""
    if len(groups) < 2:
        return None
    group = {j: g for g, labels in enumerate(groups) for j in labels}
    labels = [j for j in order if j in group]  # in the predicted order
    predicted = np.arange(len(labels))
    truth = stats.rankdata([group[j] for j in labels], method="average") - 1
    below = np.array([sum(len(g) for g in groups[group[j] + 1 :]) for j in labels])
    out = {
        "tau": stats.somersd(truth, predicted).statistic,
        "tau_a": stats.somersd(predicted, truth).statistic,
        "tau_b": stats.kendalltau(predicted, truth, variant="b").statistic,
        "rho": stats.spearmanr(predicted, truth).statistic,
        "footrule": distance.cityblock(predicted, truth) / (len(labels) ** 2 // 2),
    }
    for m in (1, 2, 5):
        if m <= len(order):
            out[f"ndcg{m}"] = metrics.ndcg_score([below], [-predicted], k=m)
            out[f"hit{m}"] = float(any(group[j] == 0 for j in labels[:m]))
    return out


def text(groups, k):
    return ">".join("=".join(str(j) for j in sorted(g)) for g in groups) + f"/{k}"


def case(name, truth, predicted, weights=None):
    rows = [row(t, p) for t, p in zip(truth, predicted)]
    w = np.ones(len(rows)) if weights is None else np.asarray(weights, float)
    used = [i for i, r in enumerate(rows) if r is not None]
    k = len(predicted[0])
    return {
        "name": name,
        "truth": [text(t, k) for t in truth],
        "predicted": [">".join(str(j) for j in p) for p in predicted],
        "weights": None if weights is None else w.tolist(),
        "want": {
            key: float(np.average([rows[i][key] for i in used], weights=w[used]))
            for key in rows[used[0]]
        },
    }


def truth_of(rng, k, kind):
    order = rng.permutation(k).tolist()
    if kind == "complete":
        return [[j] for j in order]
    if kind == "top":
        m = int(rng.integers(1, k))
        return [[j] for j in order[:m]] + [order[m:]]
    if kind == "subset":
        return [[j] for j in order[: rng.integers(1, k + 1)]]
    groups = []
    for j in order[: k if kind == "ties" else rng.integers(2, k + 1)]:
        if groups and rng.random() < 0.4:
            groups[-1].append(j)
        else:
            groups.append([j])
    return groups


def random_case(rng, name, n, k, kind, weighted=False):
    truth = [truth_of(rng, k, kind) for _ in range(n)]
    predicted = [rng.permutation(k).tolist() for _ in range(n)]
    return case(name, truth, predicted, (rng.integers(0, 9, n) / 4 + 0.1).tolist() if weighted else None)


def main():
    rng = np.random.default_rng(21)
    cases = [
        random_case(rng, "complete", 12, 6, "complete"),
        random_case(rng, "complete, weights", 12, 7, "complete", True),
        random_case(rng, "two labels", 8, 2, "complete", True),
        random_case(rng, "top", 12, 8, "top", True),
        random_case(rng, "subset", 14, 6, "subset", True),
        random_case(rng, "ties", 14, 7, "ties", True),
        random_case(rng, "ties in a subset", 16, 9, "subset ties", True),
        random_case(rng, "one word", 5, 64, "complete"),
        random_case(rng, "two words", 5, 65, "complete"),
        random_case(rng, "many labels with ties", 5, 150, "subset ties", True),
        case("agreement", [[[j] for j in range(5)]], [list(range(5))]),
        case("reverse", [[[j] for j in range(5)]], [list(range(5))[::-1]]),
        case("one row that compares nothing", [[[0], [1], [2]], [[0, 1, 2]]], [[2, 0, 1], [0, 1, 2]], [1, 5]),
    ]
    versions = {
        "python": platform.python_version(),
        "numpy": np.__version__,
        "scipy": scipy.__version__,
        "scikit-learn": sklearn.__version__,
    }
    lines = ",\n".join(json.dumps(c, allow_nan=False) for c in cases)
    body = '{"generator": "metrics.py", "versions": %s, "cases": [\n%s\n]}\n' % (json.dumps(versions), lines)
    pathlib.Path(__file__).with_name("metrics.json").write_text(body)


if __name__ == "__main__":
    main()
