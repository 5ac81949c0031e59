"""metrics.json: scikit-learn's numbers on small inputs; `program` is an expression over `inputs`."""
from .files import as_json

try:
    import numpy as np
    import sklearn
    from sklearn import metrics
except ImportError as missing:
    raise SystemExit("metrics.json: expected scikit-learn: apt-get install python3-sklearn") from missing


def write(folder):
    cases = {}

    def add(name, program, **inputs):
        arrays = {k: np.array(v) for k, v in inputs.items()}
        value = eval(program, {"metrics": metrics, "np": np, **arrays})
        cases[name] = {"program": program, "inputs": inputs, "value": plain(value)}

    for family in (labels, scores, regression):
        family(add)
    return as_json(folder / "metrics.json", cases, sklearn=sklearn.__version__)


def plain(value):
    if isinstance(value, (tuple, list)):
        return [plain(v) for v in value]
    return value.tolist() if hasattr(value, "tolist") else value


def labels(add):
    """Four classes of which class 3 is never predicted: its precision is 0 / 0, counted as 0."""
    y = dict(true=[0, 1, 2, 0, 1, 2, 3, 0, 1, 1, 2, 3, 0, 2, 1],
             pred=[0, 2, 2, 0, 1, 1, 0, 1, 1, 1, 2, 2, 0, 0, 1])
    add("accuracy", "metrics.accuracy_score(true, pred)", **y)
    add("balanced_accuracy", "metrics.balanced_accuracy_score(true, pred)", **y)
    add("confusion_matrix", "metrics.confusion_matrix(true, pred)", **y)
    add("matthews", "metrics.matthews_corrcoef(true, pred)", **y)
    add("cohen_kappa", "metrics.cohen_kappa_score(true, pred)", **y)
    for score in ("precision", "recall", "f1"):
        for average in ("micro", "macro", "weighted", None):
            add(f"{score}_{average or 'per_class'}",
                f"metrics.{score}_score(true, pred, average={average!r}, zero_division=0)", **y)
    y = dict(true=[1, 0, 1, 1, 0, 0, 1, 0], pred=[1, 0, 0, 1, 0, 0, 0, 1])
    for score in ("precision", "recall", "f1"):
        add(f"{score}_binary", f"metrics.{score}_score(true, pred)", **y)
    add("f_beta_binary", "metrics.fbeta_score(true, pred, beta=2.0)", **y)


def scores(add):
    """`tied` has equal scores across the classes, where a careless sort gives another area."""
    binary = dict(true=[1, 0, 1, 1, 0, 0, 1, 0, 0, 1],
                  score=[0.9, 0.1, 0.4, 0.8, 0.35, 0.6, 0.7, 0.2, 0.45, 0.55])
    tied = dict(true=[1, 0, 1, 0, 1, 0, 0, 1], score=[0.5, 0.5, 0.8, 0.2, 0.5, 0.2, 0.8, 0.9])
    for name, y in (("", binary), ("_tied", tied)):
        add(f"roc_auc{name}", "metrics.roc_auc_score(true, score)", **y)
        add(f"average_precision{name}", "metrics.average_precision_score(true, score)", **y)
        add(f"roc_curve{name}", "metrics.roc_curve(true, score, drop_intermediate=False)[:2]", **y)
        add(f"precision_recall_curve{name}", "metrics.precision_recall_curve(true, score)", **y)
    add("log_loss_binary", "metrics.log_loss(true, score)", **binary)
    add("brier", "metrics.brier_score_loss(true, score)", **binary)

    rows = [[0.7, 0.2, 0.1], [0.3, 0.4, 0.3], [0.2, 0.2, 0.6], [0.1, 0.6, 0.3], [0.5, 0.3, 0.2],
            [0.25, 0.35, 0.4], [0.6, 0.1, 0.3], [0.15, 0.05, 0.8]]
    y = dict(true=[0, 1, 2, 2, 1, 1, 0, 2], score=rows)
    add("log_loss", "metrics.log_loss(true, score)", **y)
    for average in ("macro", "weighted"):
        add(f"roc_auc_ovr_{average}",
            f"metrics.roc_auc_score(true, score, multi_class='ovr', average='{average}')", **y)
    add("average_precision_macro",
        "metrics.average_precision_score(np.eye(3)[true], score, average='macro')", **y)

    y = dict(true=[0, 1, 2, 3, 4, 2], score=[[0.1, 0.5, 0.2, 0.15, 0.05], [0.2, 0.1, 0.3, 0.25, 0.15],
                                             [0.05, 0.3, 0.4, 0.15, 0.1], [0.3, 0.25, 0.2, 0.15, 0.1],
                                             [0.1, 0.15, 0.2, 0.25, 0.3], [0.35, 0.3, 0.2, 0.1, 0.05]])
    for k in (1, 2, 3):
        add(f"top_{k}", f"metrics.top_k_accuracy_score(true, score, k={k})", **y)
    add("mrr", "metrics.label_ranking_average_precision_score(np.eye(5)[true], score)", **y)
    add("ndcg_3", "metrics.ndcg_score(true, score, k=3)", true=[[3, 0, 2, 1, 0], [0, 1, 0, 0, 2]],
        score=[[0.9, 0.8, 0.1, 0.5, 0.3], [0.2, 0.6, 0.4, 0.1, 0.3]])


def regression(add):
    y = dict(true=[3.0, -0.5, 2.0, 7.0, 4.25], pred=[2.5, 0.0, 2.0, 8.0, 3.5])
    add("mse", "metrics.mean_squared_error(true, pred)", **y)
    add("rmse", "metrics.mean_squared_error(true, pred, squared=False)", **y)
    add("mae", "metrics.mean_absolute_error(true, pred)", **y)
    add("r2", "metrics.r2_score(true, pred)", **y)
    add("mape", "metrics.mean_absolute_percentage_error(true, pred)", **y)
    add("explained_variance", "metrics.explained_variance_score(true, pred)", **y)
    two = dict(true=[[0.5, 1.0], [-1.0, 1.0], [7.0, -6.0]], pred=[[0.0, 2.0], [-1.0, 2.0], [8.0, -5.0]])
    add("mse_2_outputs", "metrics.mean_squared_error(true, pred)", **two)
    add("r2_2_outputs", "metrics.r2_score(true, pred)", **two)
