"""Writes metrics.json, the values that scikit-learn gives the metrics of this
package. Run from anywhere, with scikit-learn and numpy installed:

    python metrics.py

Where Python has an average that is nan, everything was 0/0: null in the file.
"""

import json
import pathlib
import platform
import warnings

import numpy as np
import sklearn
from sklearn import metrics
from sklearn.utils.extmath import _nanaverage

warnings.simplefilter("ignore")
ZERO_DIVISION = {"0": 0.0, "1": 1.0, "skip": np.nan}
RATIOS = {
    "precision": metrics.precision_score,
    "recall": metrics.recall_score,
    "f1": metrics.f1_score,
    "fbeta0.5": lambda *a, **kw: metrics.fbeta_score(*a, beta=0.5, **kw),
    "fbeta2": lambda *a, **kw: metrics.fbeta_score(*a, beta=2, **kw),
    "fbeta0": lambda *a, **kw: metrics.fbeta_score(*a, beta=0, **kw),
    "fbetaInf": lambda *a, **kw: metrics.fbeta_score(*a, beta=np.inf, **kw),
    "jaccard": metrics.jaccard_score,
}


def number(x):
    x = float(x)
    return None if np.isnan(x) else x


def jaccard_skip(y, p, average, weight):
    """jaccard_score has no zero_division=nan: average its parts as f1_score does."""
    samples = average == "samples"
    m = metrics.multilabel_confusion_matrix(y, p, sample_weight=None if samples else weight, samplewise=samples)
    tp, fp, fn = m[:, 1, 1], m[:, 0, 1], m[:, 1, 0]
    if average == "micro":
        tp, fp, fn = (np.array([x.sum()]) for x in (tp, fp, fn))
    parts = np.where(tp + fp + fn == 0, np.nan, tp / np.where(tp + fp + fn == 0, 1, tp + fp + fn))
    weights = {"samples": weight, "weighted": tp + fn}.get(average)
    return _nanaverage(parts, weights=weights)


def expected(y, p, scores, weight):
    out = {
        "subset": number(metrics.accuracy_score(y, p, sample_weight=weight)),
        "hamming": number(metrics.hamming_loss(y, p, sample_weight=weight)),
        "coverage": number(metrics.coverage_error(y, scores, sample_weight=weight)),
        "lrap": number(metrics.label_ranking_average_precision_score(y, scores, sample_weight=weight)),
        "rankingloss": number(metrics.label_ranking_loss(y, scores, sample_weight=weight)),
    }
    for name, f in RATIOS.items():
        for average in ("samples", "micro", "macro", "weighted"):
            for zd, value in ZERO_DIVISION.items():
                if name == "jaccard" and zd == "skip":
                    got = jaccard_skip(y, p, average, weight)
                else:
                    got = f(y, p, average=average, sample_weight=weight, zero_division=value)
                out[f"{name}/{average}/{zd}"] = number(got)
    marginals = 1 / (1 + np.exp(-scores))
    flat = None if weight is None else np.repeat(weight, y.shape[1])
    out["logloss"] = number(metrics.log_loss(y.ravel(), marginals.ravel(), sample_weight=flat, labels=[0, 1]))
    if 0 < y.sum() < y.size:  # brier_score_loss wants both classes
        out["brier"] = number(metrics.brier_score_loss(y.ravel(), marginals.ravel(), sample_weight=flat))
    confusion = metrics.multilabel_confusion_matrix(y, p, sample_weight=weight)
    return out, marginals, confusion.reshape(len(confusion), 4)


def text(row):
    return "{" + ", ".join(str(j) for j in np.flatnonzero(row)) + "}/" + str(len(row))


def case(name, y, p, scores, weight=None):
    y, p, scores = np.asarray(y, int), np.asarray(p, int), np.asarray(scores, float)
    weight = None if weight is None else np.asarray(weight, float)
    want, marginals, confusion = expected(y, p, scores, weight)
    return {
        "name": name,
        "truth": [text(r) for r in y],
        "predicted": [text(r) for r in p],
        "weights": None if weight is None else weight.tolist(),
        "scores": scores.ravel().tolist(),
        "marginals": marginals.ravel().tolist(),
        "confusion_tn_fp_fn_tp": confusion.astype(float).tolist(),
        "want": want,
    }


def random_case(rng, name, n, k, density, weighted=False, ties=False):
    y = rng.random((n, k)) < density
    p = y ^ (rng.random((n, k)) < 0.2)
    scores = np.round(2 * y - 1 + rng.normal(size=(n, k)), 0 if ties else 6)
    weight = rng.integers(0, 9, n) / 4 if weighted else None
    if weighted:
        weight[0] = 0.7
    return case(name, y, p, scores, weight)


def main():
    rng = np.random.default_rng(20)
    cases = [
        random_case(rng, "plain", 12, 6, 0.4),
        random_case(rng, "weights", 12, 6, 0.4, weighted=True),
        random_case(rng, "ties", 14, 7, 0.4, ties=True),
        random_case(rng, "ties and weights", 14, 7, 0.3, weighted=True, ties=True),
        random_case(rng, "sparse", 16, 5, 0.1, weighted=True),
        random_case(rng, "two labels", 9, 2, 0.5, ties=True),
        random_case(rng, "one word", 6, 64, 0.1, ties=True),
        random_case(rng, "two words", 6, 65, 0.1, weighted=True, ties=True),
        random_case(rng, "three words", 5, 130, 0.05),
        random_case(rng, "one row", 1, 8, 0.5),
    ]
    empty, full = np.zeros((4, 3)), np.ones((4, 3))
    half = [[1, 0, 0], [0, 0, 0], [1, 1, 1], [0, 1, 0]]
    scores = rng.normal(size=(4, 3)).round(3)
    w = [1, 2, 0.5, 3]
    cases += [
        case("empty and empty", empty, empty, scores, w),
        case("empty truth, full prediction", empty, full, scores, w),
        case("full truth, empty prediction", full, empty, scores, w),
        case("full and full", full, full, scores, w),
        case("empty truth", empty, half, scores),
        case("empty prediction", half, empty, scores),
        case("full truth", full, half, scores),
        case("all scores equal", half, full, np.zeros((4, 3)), w),
        case("a label neither true nor predicted", [[1, 0, 0], [1, 1, 0]], [[1, 0, 0], [0, 1, 0]], scores[:2]),
        case("only a row of no weight has the label", [[1, 1, 0], [0, 0, 1]], [[0, 1, 0], [0, 1, 1]], scores[:2], [2, 0]),
    ]
    versions = {"python": platform.python_version(), "numpy": np.__version__, "scikit-learn": sklearn.__version__}
    lines = ",\n".join(json.dumps(c, allow_nan=False) for c in cases)
    body = '{"generator": "metrics.py", "versions": %s, "cases": [\n%s\n]}\n' % (json.dumps(versions), lines)
    pathlib.Path(__file__).with_name("metrics.json").write_text(body)


if __name__ == "__main__":
    main()
