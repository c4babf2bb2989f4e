"""Writes scikit_learn_cases.json: further metric cases, in the format of golden/metrics.json.

Written by scikit-learn 1.9.1 and NumPy; run by hand, never by the build.
"""

import json
import pathlib

import numpy as np
from sklearn import metrics as m

cases = []


def undefined(value):
    return None if np.isnan(value) else float(value)


def binary(name, target, score, threshold):
    target, score = np.asarray(target), np.asarray(score, dtype=np.float64)
    predicted = (score >= threshold).astype(int)
    tn, fp, fn, tp = (int(x) for x in m.confusion_matrix(target, predicted, labels=[0, 1]).ravel())
    n = len(target)
    expected = dict(
        tp=tp, fp=fp, tn=tn, fn=fn,
        accuracy=m.accuracy_score(target, predicted),
        balanced_accuracy=m.balanced_accuracy_score(target, predicted),
        precision=m.precision_score(target, predicted, zero_division=0),
        recall=m.recall_score(target, predicted, zero_division=0),
        sensitivity=m.recall_score(target, predicted, zero_division=0),
        specificity=m.recall_score(target, predicted, pos_label=0, zero_division=0),
        negative_predictive_value=m.precision_score(target, predicted, pos_label=0, zero_division=0),
        f1=m.f1_score(target, predicted, zero_division=0),
        f0_5=m.fbeta_score(target, predicted, beta=0.5, zero_division=0),
        f2=m.fbeta_score(target, predicted, beta=2, zero_division=0),
        matthews=m.matthews_corrcoef(target, predicted),
        kappa=undefined(m.cohen_kappa_score(target, predicted)),
        detection_rate=tp / n,
        detection_prevalence=(tp + fp) / n,
        log_loss=m.log_loss(target, score, labels=[0, 1]),
        brier=m.brier_score_loss(target, score, pos_label=1),
    )
    if len(np.unique(target)) == 2:
        fpr, tpr, thresholds = m.roc_curve(target, score, drop_intermediate=False)
        expected["roc"] = dict(
            fpr=fpr.tolist(), tpr=tpr.tolist(), thresholds=["inf"] + thresholds[1:].tolist())
        expected["roc_auc"] = m.roc_auc_score(target, score)
        precision, recall, thresholds = m.precision_recall_curve(target, score)
        expected["pr"] = dict(
            precision=precision.tolist(), recall=recall.tolist(), thresholds=thresholds.tolist())
        expected["average_precision"] = m.average_precision_score(target, score)
        expected["pr_auc_trapezoid"] = m.auc(recall, precision)
    cases.append(dict(name=name, kind="binary", threshold=threshold, target=target.tolist(),
                      score=score.tolist(), expected=expected))


def multiclass(name, target, probability):
    target, probability = np.asarray(target), np.asarray(probability)
    labels = list(range(probability.shape[1]))
    predicted = probability.argmax(axis=1)
    expected = dict(
        confusion=m.confusion_matrix(target, predicted, labels=labels).tolist(),
        accuracy=m.accuracy_score(target, predicted),
        balanced_accuracy=m.balanced_accuracy_score(target, predicted),
        top_3_accuracy=m.top_k_accuracy_score(target, probability, k=3, labels=labels),
        top_5_accuracy=m.top_k_accuracy_score(target, probability, k=5, labels=labels),
        log_loss=m.log_loss(target, probability, labels=labels),
        brier=m.brier_score_loss(target, probability, labels=labels),
        matthews=m.matthews_corrcoef(target, predicted),
        kappa=undefined(m.cohen_kappa_score(target, predicted)),
    )
    for average in ("macro", "micro", "weighted"):
        p, r, f, _ = m.precision_recall_fscore_support(
            target, predicted, labels=labels, average=average, zero_division=0)
        expected[average] = dict(precision=p, recall=r, f1=f)
    if len(np.unique(target)) == len(labels):
        for average in ("macro", "micro", "weighted"):
            expected["roc_auc_" + average] = m.roc_auc_score(
                target, probability, multi_class="ovr", average=average)
        expected["average_precision_macro"] = m.average_precision_score(target, probability)
    else:
        expected["roc_auc_macro"] = None
    cases.append(dict(name=name, kind="multiclass", target=target.tolist(),
                      probability=probability.tolist(), expected=expected))


def regression(name, target, prediction):
    cases.append(dict(name=name, kind="regression", target=list(target), prediction=list(prediction),
                      expected=dict(
                          mse=m.mean_squared_error(target, prediction),
                          rmse=m.root_mean_squared_error(target, prediction),
                          mae=m.mean_absolute_error(target, prediction),
                          mape=m.mean_absolute_percentage_error(target, prediction),
                          r2=undefined(m.r2_score(target, prediction)))))


random = np.random.default_rng(20)
label = random.integers(0, 2, 60)
score = random.random(60)
binary("random", label, score, 0.37)
binary("three_distinct_scores", label, np.round(score * 2) / 2, 0.5)
binary("zeros_and_ones", label, np.round(score), 1.0)
binary("sure_and_wrong", [0, 1], [1.0, 0.0], 0.5)
binary("threshold_above_all", label, score * 0.9, 0.95)
binary("threshold_below_all", label, score * 0.9 + 0.1, 0.05)
binary("one_class_both_ways", [1, 1, 1], [0.7, 0.8, 1.0], 0.5)

label = random.integers(0, 7, 60)
probability = random.dirichlet(np.full(7, 0.5), 60)
multiclass("seven_classes", label, probability)
tied = random.integers(0, 3, (60, 7)) + (np.arange(7) == 0)
multiclass("ties", label, tied / tied.sum(axis=1, keepdims=True))
multiclass("absent_classes", label % 5, probability)
multiclass("certain", label, np.eye(7)[random.integers(0, 7, 60)])

target = random.normal(0, 3, 50)
regression("random", target, target + random.normal(0, 1, 50))
regression("zero_target", [0.0, 1.0, -2.0], [0.5, 1.0, -1.0])
regression("constant_target_missed", [2.0, 2.0, 2.0], [2.0, 2.0, 2.5])
regression("constant_target_met", [2.0, 2.0, 2.0], [2.0, 2.0, 2.0])
regression("one_row", [2.0], [2.5])

path = pathlib.Path(__file__).with_suffix(".json")
path.write_text("[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]\n")
