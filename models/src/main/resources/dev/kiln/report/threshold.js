/* The section in which a threshold is moved along the curves of a class, and everything that is true at it is shown. */
var KilnThreshold = (function () {
  'use strict';

  /** Every rate of the four counts; a rate without anything to count is 0, kappa alone is undefined then. */
  function rates(tp, fp, tn, fn) {
    var total = tp + fp + tn + fn;
    function ratio(part, whole) {
      return whole === 0 ? 0 : part / whole;
    }
    function fBeta(beta) {
      var square = beta * beta;
      return ratio((1 + square) * tp, square * (tp + fn) + tp + fp);
    }
    var product = (tp + fp) * (tp + fn) * (tn + fp) * (tn + fn);
    var expected = total * total - (tp + fp) * (tp + fn) - (tn + fn) * (tn + fp);
    var present = (tp + fn > 0 ? 1 : 0) + (tn + fp > 0 ? 1 : 0);
    return [
      ['Accuracy', ratio(tp + tn, total)],
      ['Balanced accuracy', ratio(ratio(tp, tp + fn) + ratio(tn, tn + fp), present)],
      ['Precision', ratio(tp, tp + fp)],
      ['Recall, sensitivity, true positive rate', ratio(tp, tp + fn)],
      ['Specificity, true negative rate', ratio(tn, tn + fp)],
      ['False positive rate', ratio(fp, fp + tn)],
      ['Negative predictive value', ratio(tn, tn + fn)],
      ['F1', fBeta(1)],
      ['F0.5', fBeta(0.5)],
      ['F2', fBeta(2)],
      ['Matthews correlation', product === 0 ? 0 : (tp * tn - fp * fn) / Math.sqrt(product)],
      ["Cohen's kappa", expected === 0 ? null : 1 - (fp + fn) * total / expected],
      ['Detection rate', ratio(tp, total)],
      ['Detection prevalence', ratio(tp + fp, total)]
    ];
  }

  function show(report, main) {
    var page = KilnPage;
    var element = page.element;
    var place = page.section(main, 'threshold-section', 'Threshold');
    var state = { label: report.positive, point: 0, asked: null };

    var classes = element('select', { id: 'threshold-class' }, report.classes.map(function (name, label) {
      return element('option', { value: label }, name);
    }));
    var slider = element('input', { type: 'range', id: 'threshold', min: 0, step: 1 });
    var typed = element('input', { type: 'number', id: 'threshold-value', min: 0, max: 1, step: 'any', 'aria-label': 'Threshold as a number' });
    var aims = element('div', { 'class': 'controls no-print', role: 'group', 'aria-label': 'Thresholds to try' });
    var statement = element('p', { id: 'threshold-statement' });
    var counts = element('div', { 'class': 'counts', id: 'threshold-counts' });
    var rateTable = element('div', { id: 'threshold-rates' });
    var areas = element('p', { 'class': 'muted', id: 'threshold-areas' });

    function curve() {
      return report.curves[state.label];
    }

    function measurable() {
      return curve().positives > 0 && curve().negatives > 0;
    }

    function threshold() {
      if (state.asked !== null) {
        return state.asked;
      }
      return state.point < 0 ? null : curve().thresholds[state.point];
    }

    function describeRoc() {
      return 'ROC curve of ' + report.classes[state.label] + ', area ' + page.number(curve().rocAuc) + '. ' + statement.textContent;
    }

    var roc = page.chart('ROC curve', 380, function (theme) {
      return measurable() ? KilnCharts.roc(curve(), state.point, theme) : {};
    }, describeRoc);
    var precisionRecall = page.chart('Precision-recall curve', 380, function (theme) {
      return measurable() ? KilnCharts.precisionRecall(curve(), state.point, theme) : {};
    }, function () {
      return 'Precision-recall curve of ' + report.classes[state.label] + ', average precision ' + page.number(curve().averagePrecision) + '. ' + statement.textContent;
    });

    function card(name, value, right) {
      return element('div', { 'class': right ? 'right' : '' }, [element('div', { 'class': 'muted' }, name), element('div', { 'class': 'value' }, value.toLocaleString('en'))]);
    }

    /** Shows what is true at the present point. */
    function update() {
      var one = curve();
      var tp = state.point < 0 ? 0 : one.tp[state.point];
      var fp = state.point < 0 ? 0 : one.fp[state.point];
      var fn = one.positives - tp;
      var tn = one.negatives - fp;
      var name = report.classes[state.label];
      slider.value = one.thresholds.length - 1 - state.point;
      typed.value = threshold() === null ? '' : String(Number(threshold().toPrecision(6)));
      statement.textContent = threshold() === null
        ? 'Nothing is predicted as ' + name + ': no score is high enough.'
        : 'Predicted as ' + name + ' from a score of ' + page.number(threshold()) + ' on: ' + (tp + fp).toLocaleString('en') + ' of ' + (one.positives + one.negatives).toLocaleString('en') + ' samples.';
      slider.setAttribute('aria-valuetext', statement.textContent + ' ' + tp + ' true positives, ' + fp + ' false positives, ' + fn + ' false negatives, ' + tn + ' true negatives.');
      counts.replaceChildren(card('True positives', tp, true), card('False positives', fp), card('False negatives', fn), card('True negatives', tn, true));
      rateTable.replaceChildren(page.table('Rates at the threshold', ['Rate', 'value'], rates(tp, fp, tn, fn).map(function (rate) {
        return [rate[0], page.number(rate[1])];
      })));
      aims.querySelectorAll('button').forEach(function (button) {
        button.setAttribute('aria-pressed', String(Number(button.dataset.point) === state.point));
      });
      roc.draw();
      precisionRecall.draw();
    }

    function moveTo(point, asked) {
      state.point = point;
      // Between two points left out of a long curve the counts are those of a point, so its own threshold is shown.
      state.asked = asked !== undefined && curve().thresholds.length === curve().distinct ? asked : null;
      update();
    }

    function choose(label) {
      state.label = label;
      var one = curve();
      slider.max = one.thresholds.length;
      areas.textContent = measurable()
        ? 'ROC AUC ' + page.number(one.rocAuc) + ', average precision ' + page.number(one.averagePrecision) + ', precision-recall area by trapezoids ' + page.number(one.prAuc) + '; ' +
          one.positives.toLocaleString('en') + ' samples are ' + report.classes[label] + ', ' + one.negatives.toLocaleString('en') + ' are not.'
        : 'There are no curves: all samples are ' + report.classes[label] + ', or none is.';
      aims.replaceChildren(element('span', { 'class': 'muted' }, 'Go to'));
      function aim(caption, point) {
        var button = element('button', { type: 'button', 'data-point': point }, caption);
        button.addEventListener('click', function () { moveTo(point); });
        aims.append(button);
      }
      Object.keys(one.best).forEach(function (name) { aim('best ' + name, one.best[name]); });
      var start = report.threshold !== null && label === report.positive ? report.threshold : 0.5;
      moveTo(KilnCharts.pointAt(one, start), start);
    }

    classes.addEventListener('change', function () { choose(Number(classes.value)); });
    slider.addEventListener('input', function () { moveTo(curve().thresholds.length - 1 - Number(slider.value)); });
    typed.addEventListener('change', function () {
      var wanted = Number(typed.value);
      if (typed.value !== '' && wanted >= 0 && wanted <= 1) {
        moveTo(KilnCharts.pointAt(curve(), wanted), wanted);
      } else {
        update();
      }
    });

    place.append(
      element('div', { 'class': 'controls' }, [element('label', { 'for': 'threshold-class' }, 'One class against the rest'), classes]),
      areas,
      element('div', { 'class': 'slider' }, [element('label', { 'for': 'threshold' }, 'Threshold'), slider, typed]),
      aims,
      statement,
      element('div', { 'class': 'grid' }, [roc.figure, precisionRecall.figure, counts, rateTable]));
    classes.value = String(state.label);
    choose(state.label);
  }

  return { show: show };
})();
