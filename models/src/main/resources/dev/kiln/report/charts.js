/*
 * How each chart of a report looks: from the report's data to an option of ECharts. Nothing here touches a page, so the
 * same functions draw in the browser and, without one, into files.
 */
var KilnCharts = (function () {
  'use strict';

  // Without double quotes: the library writes it into an attribute as it is.
  var FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif";

  var themes = {
    light: {
      ground: '#ffffff', ink: '#1b2330', muted: '#566072', line: '#dde2ea', empty: '#f3f6fb', full: '#1f5fc4',
      fullInk: '#ffffff', series: ['#1f5fc4', '#c2410c', '#17724f', '#7c3aed', '#a16207', '#0e7490', '#be185d', '#4b5563']
    },
    dark: {
      ground: '#1a2029', ink: '#e7ebf2', muted: '#a3adbd', line: '#2f3846', empty: '#212935', full: '#7fb0ff',
      fullInk: '#0b1220', series: ['#7fb0ff', '#ff9d66', '#63cfa2', '#c4a5ff', '#e6c15c', '#5ccfe6', '#ff8fc0', '#b8c0cc']
    }
  };

  function base(theme) {
    return {
      animation: false,
      backgroundColor: 'transparent',
      color: theme.series,
      textStyle: { fontFamily: FONT, color: theme.ink, fontSize: 12 },
      grid: { left: 8, right: 20, top: 34, bottom: 30, containLabel: true },
      legend: { top: 0, left: 0, icon: 'roundRect', itemHeight: 4, itemWidth: 18, textStyle: { color: theme.ink } },
      tooltip: {
        confine: true, backgroundColor: theme.ground, borderColor: theme.line, textStyle: { color: theme.ink, fontSize: 12 }
      }
    };
  }

  function axis(theme, name, more) {
    var result = {
      type: 'value', name: name, nameLocation: 'middle', nameGap: 28, nameTextStyle: { color: theme.muted },
      axisLabel: { color: theme.muted, hideOverlap: true }, axisLine: { show: true, lineStyle: { color: theme.line } },
      axisTick: { show: false }, splitLine: { lineStyle: { color: theme.line } }
    };
    return merge(result, more);
  }

  function unitAxis(theme, name, gap) {
    return axis(theme, name, { min: 0, max: 1, nameGap: gap });
  }

  function merge(target, more) {
    Object.keys(more || {}).forEach(function (key) {
      target[key] = more[key];
    });
    return target;
  }

  function round(value, digits) {
    return value === null || value === undefined || isNaN(value) ? 'undefined' : Number(value).toFixed(digits === undefined ? 4 : digits);
  }

  function title(id) {
    return id.replace(/_/g, ' ').replace(/\b(roc|auc|mse|rmse|mae|mape)\b/g, function (name) { return name.toUpperCase(); });
  }

  /** The metrics of a history that were measured on either data. */
  function measured(history) {
    var names = [];
    history.forEach(function (epoch) {
      [epoch.training, epoch.validation].forEach(function (values) {
        Object.keys(values).forEach(function (name) {
          if (names.indexOf(name) < 0) {
            names.push(name);
          }
        });
      });
    });
    return names;
  }

  function bestEpoch(history) {
    var best = null;
    history.forEach(function (epoch) {
      best = epoch.best ? epoch.number : best;
    });
    return best;
  }

  function curveOf(history, part, metric) {
    return history
      .filter(function (epoch) { return epoch[part][metric] !== undefined; })
      .map(function (epoch) { return [epoch.number, epoch[part][metric]]; });
  }

  function line(name, points, more) {
    return merge(
      { name: name, type: 'line', data: points, showSymbol: points.length < 2, symbolSize: 7, lineStyle: { width: 2 } }, more);
  }

  function epochAxis(theme, history) {
    return axis(theme, 'epoch', { min: history.length > 1 ? 1 : 0, max: history.length > 1 ? history[history.length - 1].number : 2, minInterval: 1 });
  }

  /** Training against validation over the epochs. */
  function learningCurve(report, metric, theme) {
    var history = report.history;
    var best = bestEpoch(history);
    var series = [
      { name: 'training', points: curveOf(history, 'training', metric) },
      { name: 'validation', points: curveOf(history, 'validation', metric) }
    ].filter(function (one) { return one.points.length > 0; }).map(function (one) {
      return line(one.name, one.points, { itemStyle: { color: theme.series[one.name === 'training' ? 0 : 1] } });
    });
    if (best !== null && series.length > 0) {
      series[series.length - 1].markLine = {
        symbol: 'none', silent: true, label: { formatter: 'best', color: theme.muted, position: 'end', distance: 4 },
        lineStyle: { color: theme.muted, type: 'dashed' }, data: [{ xAxis: best }]
      };
    }
    return merge(base(theme), {
      xAxis: epochAxis(theme, history),
      yAxis: axis(theme, '', { scale: true }),
      tooltip: merge(base(theme).tooltip, { trigger: 'axis', valueFormatter: function (value) { return round(value); } }),
      series: series
    });
  }

  /** How much higher the metric that was followed is on validation than on training data. */
  function generalizationGap(report, theme) {
    var metric = report.generalization.metric;
    var points = report.history
      .filter(function (epoch) { return typeof epoch.validation[metric] === 'number' && typeof epoch.training[metric] === 'number'; })
      .map(function (epoch) { return [epoch.number, epoch.validation[metric] - epoch.training[metric]]; });
    return merge(base(theme), {
      xAxis: epochAxis(theme, report.history),
      yAxis: axis(theme, '', {}),
      tooltip: merge(base(theme).tooltip, { trigger: 'axis', valueFormatter: function (value) { return round(value); } }),
      series: [line('validation ' + title(metric) + ' less training ' + title(metric), points, { areaStyle: { opacity: 0.15 }, itemStyle: { color: theme.series[3] } })]
    });
  }

  /** The learning rate at the end of each epoch. */
  function learningRate(report, theme) {
    return merge(base(theme), {
      xAxis: epochAxis(theme, report.history),
      yAxis: axis(theme, '', {}),
      tooltip: merge(base(theme).tooltip, { trigger: 'axis' }),
      series: [line('learning rate', report.history.map(function (epoch) { return [epoch.number, epoch.learningRate]; }), { step: 'end', itemStyle: { color: theme.series[4] } })]
    });
  }

  /** What the loss was multiplied by at the end of each epoch in fp16, and the updates skipped in each. */
  function lossScale(report, theme) {
    var before = 0;
    var skipped = [];
    var scales = [];
    report.history.forEach(function (epoch) {
      if (epoch.scaling) {
        skipped.push([epoch.number, epoch.scaling.skipped_updates - before]);
        scales.push([epoch.number, epoch.scaling.loss_scale]);
        before = epoch.scaling.skipped_updates;
      }
    });
    var values = scales.map(function (point) { return point[1]; });
    return merge(base(theme), {
      xAxis: epochAxis(theme, report.history),
      yAxis: [
        axis(theme, '', { type: 'log', logBase: 2, min: Math.min.apply(null, values) / 2, max: Math.max.apply(null, values) * 2 }),
        axis(theme, '', { position: 'right', minInterval: 1, min: 0, splitLine: { show: false } })
      ],
      tooltip: merge(base(theme).tooltip, { trigger: 'axis' }),
      series: [
        line('loss scale', scales, { step: 'end', itemStyle: { color: theme.series[0] } }),
        { name: 'updates skipped in the epoch (right)', type: 'bar', yAxisIndex: 1, barMaxWidth: 10, data: skipped, itemStyle: { color: theme.series[1], opacity: 0.5 } }
      ]
    });
  }

  function rowShares(matrix) {
    return matrix.map(function (row) {
      var total = row.reduce(function (sum, count) { return sum + count; }, 0);
      return row.map(function (count) { return total === 0 ? 0 : count / total; });
    });
  }

  function percent(share) {
    var value = 100 * share;
    return (value === 0 || value >= 10 ? value.toFixed(0) : value.toFixed(1)) + '%';
  }

  function shortened(name, length) {
    return name.length > length ? name.substring(0, length - 1) + '…' : name;
  }

  /** Counts of true against predicted classes, coloured by their share of the true class. */
  function confusionMatrix(report, theme) {
    var shares = rowShares(report.confusion);
    var labelled = report.classes.length <= 15;
    var longest = Math.max.apply(null, report.classes.map(function (name) { return name.length; }));
    var slanted = report.classes.length > 4 && longest > 5;
    var cells = [];
    report.confusion.forEach(function (row, truth) {
      row.forEach(function (count, predicted) {
        var share = shares[truth][predicted];
        cells.push({
          value: [predicted, truth, share],
          label: { color: share > 0.5 ? theme.fullInk : theme.ink, formatter: count + (labelled && count > 0 ? '\n' + percent(share) : '') }
        });
      });
    });
    var names = { type: 'category', data: report.classes, axisTick: { show: false }, splitArea: { show: false }, axisLine: { lineStyle: { color: theme.line } } };
    var label = { color: theme.ink, formatter: function (name) { return shortened(name, 14); } };
    return merge(base(theme), {
      legend: undefined,
      grid: { left: 26, right: slanted ? 40 : 12, top: slanted ? 24 : 44, bottom: 44, containLabel: true },
      xAxis: merge(merge({}, names), {
        position: 'top', name: slanted ? '' : 'predicted', nameLocation: 'middle', nameGap: 28, nameTextStyle: { color: theme.muted },
        axisLabel: merge({ rotate: labelled ? (slanted ? 35 : 0) : 90 }, label)
      }),
      yAxis: merge(merge({}, names), {
        inverse: true, name: 'true', nameLocation: 'middle', nameGap: 8, nameTextStyle: { color: theme.muted, padding: [0, 0, 90, 0] },
        axisLabel: label
      }),
      visualMap: {
        min: 0, max: 1, dimension: 2, calculable: false, orient: 'horizontal', left: 'center', bottom: 0, itemWidth: 10, itemHeight: 110,
        text: ['100% of the true class', '0%'], textStyle: { color: theme.muted, fontSize: 11 }, inRange: { color: [theme.empty, theme.full] }
      },
      tooltip: merge(base(theme).tooltip, {
        renderMode: 'richText',
        formatter: function (item) {
          var truth = item.value[1];
          var predicted = item.value[0];
          return report.confusion[truth][predicted] + ' of the class ' + report.classes[truth] + '\npredicted as ' +
            report.classes[predicted] + ', ' + percent(item.value[2]) + ' of the class';
        }
      }),
      series: [{
        type: 'heatmap', data: cells, label: { show: labelled, fontSize: 12, lineHeight: 15 }, itemStyle: { borderColor: theme.ground, borderWidth: 2 },
        emphasis: { itemStyle: { borderColor: theme.ink } }
      }]
    });
  }

  /** Points of the ROC curve from (0, 0) on. */
  function rocPoints(curve) {
    return [[0, 0, null]].concat(curve.thresholds.map(function (threshold, i) {
      return [curve.fp[i] / curve.negatives, curve.tp[i] / curve.positives, threshold];
    }));
  }

  /** Points of the precision-recall curve from the end without predictions, (0, 1), on. */
  function precisionRecallPoints(curve) {
    return [[0, 1, null]].concat(curve.thresholds.map(function (threshold, i) {
      return [curve.tp[i] / curve.positives, curve.tp[i] / (curve.tp[i] + curve.fp[i]), threshold];
    }));
  }

  /** A curve of rates with the point at the chosen threshold, -1 where nothing reaches it. */
  function curveChart(theme, points, point, names, chance) {
    var chosen = points[point + 1];
    return merge(base(theme), {
      legend: undefined,
      grid: { left: 34, right: 16, top: 12, bottom: 34, containLabel: true },
      xAxis: unitAxis(theme, names[0], 28),
      yAxis: unitAxis(theme, names[1], 38),
      tooltip: merge(base(theme).tooltip, {
        renderMode: 'richText',
        formatter: function (item) {
          return (item.value[2] === null ? 'nothing predicted positive' : 'threshold ' + round(item.value[2])) + '\n' +
            names[0] + ' ' + round(item.value[0]) + '\n' + names[1] + ' ' + round(item.value[1]);
        }
      }),
      series: [
        line('curve', points, { areaStyle: { opacity: 0.12 }, symbolSize: 6, showSymbol: points.length < 40, itemStyle: { color: theme.series[0] } }),
        line('chance', chance, { silent: true, showSymbol: false, lineStyle: { type: 'dashed', width: 1 }, itemStyle: { color: theme.muted } }),
        { name: 'threshold', type: 'scatter', symbolSize: 15, z: 5, data: [chosen], clip: false, itemStyle: { color: theme.series[1], opacity: 1, borderColor: theme.ground, borderWidth: 2 } }
      ]
    });
  }

  /** The ROC curve of a class against the rest. */
  function roc(curve, point, theme) {
    return curveChart(theme, rocPoints(curve), point, ['false positive rate', 'true positive rate'], [[0, 0], [1, 1]]);
  }

  /** The precision-recall curve of a class against the rest; chance has the precision of its share. */
  function precisionRecall(curve, point, theme) {
    var share = curve.positives / (curve.positives + curve.negatives);
    return curveChart(theme, precisionRecallPoints(curve), point, ['recall', 'precision'], [[0, share], [1, share]]);
  }

  /** What share of the samples given a probability truly are what was said. */
  function calibration(report, theme) {
    var bins = report.calibration.bins;
    var binary = report.classes.length === 2;
    var said = binary ? 'predicted probability' : 'confidence';
    var happened = binary ? 'share of positives' : 'accuracy';
    return merge(base(theme), {
      legend: undefined,
      grid: { left: 34, right: 16, top: 12, bottom: 34, containLabel: true },
      xAxis: unitAxis(theme, said, 28),
      yAxis: unitAxis(theme, happened, 38),
      tooltip: merge(base(theme).tooltip, {
        renderMode: 'richText',
        formatter: function (item) { return said + ' ' + round(item.value[0]) + '\n' + happened + ' ' + round(item.value[1]) + '\n' + item.value[2] + ' samples'; }
      }),
      series: [
        line('perfect', [[0, 0], [1, 1]], { silent: true, showSymbol: false, lineStyle: { type: 'dashed', width: 1 }, itemStyle: { color: theme.muted } }),
        line('measured', bins.map(function (bin) { return [bin.meanScore, bin.positiveShare, bin.rows]; }), { showSymbol: true, symbol: 'circle', symbolSize: 8, itemStyle: { color: theme.series[0] } })
      ]
    });
  }

  /** How many samples were given each probability. */
  function confidences(report, theme) {
    var bins = report.calibration.bins;
    return merge(base(theme), {
      legend: undefined,
      grid: { left: 34, right: 16, top: 12, bottom: 34, containLabel: true },
      xAxis: axis(theme, report.classes.length === 2 ? 'predicted probability' : 'confidence', { min: 0, max: 1, nameGap: 28 }),
      yAxis: axis(theme, 'samples', { nameGap: 44, minInterval: 1 }),
      tooltip: merge(base(theme).tooltip, { renderMode: 'richText', formatter: function (item) { return item.value[1] + ' samples near ' + round(item.value[0], 2); } }),
      series: [{ name: 'samples', type: 'bar', barWidth: 14, data: bins.map(function (bin) { return [bin.meanScore, bin.rows]; }), itemStyle: { color: theme.series[0] } }]
    });
  }

  /** Predicted against true values, on the diagonal where right. */
  function predictedAgainstTrue(report, theme) {
    var values = report.points.reduce(function (all, point) { return all.concat(point); }, []);
    var low = Math.min.apply(null, values);
    var high = Math.max.apply(null, values);
    return merge(base(theme), {
      legend: undefined,
      grid: { left: 34, right: 20, top: 12, bottom: 34, containLabel: true },
      xAxis: axis(theme, 'true value', { scale: true }),
      yAxis: axis(theme, 'predicted value', { scale: true, nameGap: 48 }),
      tooltip: merge(base(theme).tooltip, { renderMode: 'richText', formatter: function (item) { return 'true ' + item.value[0] + '\npredicted ' + item.value[1]; } }),
      series: [
        line('right', [[low, low], [high, high]], { silent: true, showSymbol: false, lineStyle: { type: 'dashed', width: 1 }, itemStyle: { color: theme.muted } }),
        { name: 'samples', type: 'scatter', symbolSize: 6, data: report.points, itemStyle: { color: theme.series[0], opacity: 0.6 } }
      ]
    });
  }

  /** How often each error occurs. */
  function errors(report, theme) {
    return merge(base(theme), {
      legend: undefined,
      grid: { left: 34, right: 20, top: 12, bottom: 34, containLabel: true },
      xAxis: axis(theme, 'prediction less true value', { scale: true }),
      yAxis: axis(theme, 'values', { nameGap: 44, minInterval: 1 }),
      tooltip: merge(base(theme).tooltip, { renderMode: 'richText', formatter: function (item) { return item.value[1] + ' values near ' + round(item.value[0], 3); } }),
      series: [{ name: 'values', type: 'bar', barWidth: (90 / report.errors.length) + '%', data: report.errors.map(function (bin) { return [(bin[0] + bin[1]) / 2, bin[2]]; }), itemStyle: { color: theme.series[0] } }]
    });
  }

  /** The value of a metric of each run with its interval. */
  function intervals(runs, id, theme) {
    var all = runs.map(function (run) {
      return run.metrics.filter(function (metric) { return metric.id === id; })[0];
    });
    return merge(base(theme), {
      legend: undefined,
      grid: { left: 8, right: 24, top: 8, bottom: 30, containLabel: true },
      xAxis: axis(theme, '', { scale: true }),
      yAxis: { type: 'category', inverse: true, data: runs.map(function (run) { return run.name; }), axisTick: { show: false }, axisLine: { lineStyle: { color: theme.line } },
        axisLabel: { color: theme.ink, formatter: function (name) { return shortened(name, 24); } } },
      tooltip: merge(base(theme).tooltip, { renderMode: 'richText', formatter: function (item) {
        var metric = all[item.dataIndex];
        return runs[item.dataIndex].name + '\n' + round(metric.value) + ', 95%: ' + round(metric.lower) + ' to ' + round(metric.upper);
      } }),
      series: [
        { name: 'interval', type: 'custom', data: all.map(function (metric, i) { return [metric.lower, metric.upper, i]; }), encode: { x: [0, 1], y: 2 },
          renderItem: function (parameters, api) {
            var from = api.coord([api.value(0), api.value(2)]);
            var to = api.coord([api.value(1), api.value(2)]);
            return { type: 'line', shape: { x1: from[0], y1: from[1], x2: to[0], y2: to[1] }, style: { stroke: theme.series[0], lineWidth: 4, opacity: 0.4 } };
          } },
        { name: 'value', type: 'scatter', symbolSize: 13, data: all.map(function (metric, i) { return [metric.value, i]; }), itemStyle: { color: theme.series[0], opacity: 1 } }
      ]
    });
  }

  /** A metric of each run on its validation data over the epochs. */
  function comparedLearning(runs, metric, theme) {
    var longest = runs.reduce(function (longer, run) { return run.history.length > longer.length ? run.history : longer; }, []);
    return merge(base(theme), {
      legend: merge(base(theme).legend, { type: 'scroll' }),
      xAxis: epochAxis(theme, longest),
      yAxis: axis(theme, '', { scale: true }),
      tooltip: merge(base(theme).tooltip, { trigger: 'axis', renderMode: 'richText', valueFormatter: function (value) { return round(value); } }),
      series: runs.map(function (run) {
        var validation = curveOf(run.history, 'validation', metric);
        return line(run.name, validation.length > 0 ? validation : curveOf(run.history, 'training', metric), {});
      })
    });
  }

  /** The ROC curves of all runs. */
  function comparedRoc(runs, theme) {
    return merge(base(theme), {
      legend: merge(base(theme).legend, { type: 'scroll' }),
      grid: { left: 34, right: 16, top: 34, bottom: 34, containLabel: true },
      xAxis: unitAxis(theme, 'false positive rate', 28),
      yAxis: unitAxis(theme, 'true positive rate', 38),
      series: runs.map(function (run) { return line(run.name, rocPoints(run.curve), { showSymbol: false }); })
    });
  }

  /** The size of a confusion matrix, so that its cells stay readable. */
  function confusionSize(classes) {
    var cell = classes <= 4 ? 84 : classes <= 15 ? 50 : 14;
    return { width: Math.max(480, 200 + classes * cell * 1.25), height: Math.min(1600, 130 + classes * cell) };
  }

  /** Every chart of a report with its file name, title and size, in the order of the page. */
  function all(report, theme) {
    var charts = [];
    function add(name, caption, option, width, height) {
      charts.push({ name: name, caption: caption, option: option, width: width || 640, height: height || 400 });
    }
    if (report.history.length > 0) {
      measured(report.history).forEach(function (metric) {
        add('learning-curve-' + metric, title(metric), learningCurve(report, metric, theme));
      });
      add('generalization-gap', 'generalization gap', generalizationGap(report, theme));
      add('learning-rate', 'learning rate', learningRate(report, theme));
      if (report.scaling) {
        add('loss-scale', 'loss scale', lossScale(report, theme));
      }
    }
    if (report.kind === 'classification') {
      var size = confusionSize(report.classes.length);
      add('confusion-matrix', 'confusion matrix', confusionMatrix(report, theme), size.width, size.height);
      report.curves.forEach(function (curve, label) {
        var suffix = report.classes.length === 2 ? (label === report.positive ? '' : null) : '-' + label;
        if (suffix !== null && curve.positives > 0 && curve.negatives > 0) {
          var point = pointAt(curve, report.threshold === null ? 0.5 : report.threshold);
          add('roc' + suffix, 'ROC curve, ' + report.classes[label], roc(curve, point, theme), 480, 440);
          add('precision-recall' + suffix, 'precision-recall curve, ' + report.classes[label], precisionRecall(curve, point, theme), 480, 440);
        }
      });
      add('calibration', 'calibration', calibration(report, theme), 480, 440);
      add('probabilities', 'how often each probability is said', confidences(report, theme));
    } else if (report.kind === 'regression') {
      add('predicted-against-true', 'predicted against true value', predictedAgainstTrue(report, theme), 480, 440);
      add('errors', 'errors', errors(report, theme));
    }
    return charts;
  }

  /** The last point whose score reaches a threshold, -1 if none does. */
  function pointAt(curve, threshold) {
    var point = -1;
    while (point + 1 < curve.thresholds.length && curve.thresholds[point + 1] >= threshold) {
      point++;
    }
    return point;
  }

  return {
    themes: themes, all: all, measured: measured, pointAt: pointAt, rowShares: rowShares, percent: percent, round: round,
    title: title, confusionSize: confusionSize, learningCurve: learningCurve, generalizationGap: generalizationGap,
    learningRate: learningRate, lossScale: lossScale, confusionMatrix: confusionMatrix, roc: roc, precisionRecall: precisionRecall,
    calibration: calibration, confidences: confidences, predictedAgainstTrue: predictedAgainstTrue, errors: errors,
    intervals: intervals, comparedLearning: comparedLearning, comparedRoc: comparedRoc
  };
})();
