/* The report of one run: its sections, from the data to the page. */
KilnPage.show(function (report, main) {
  'use strict';

  var page = KilnPage;
  var element = page.element;

  function tiles() {
    var wanted = {
      classification: report.classes && report.classes.length === 2
        ? ['accuracy', 'roc_auc', 'average_precision', 'precision', 'recall', 'f1', 'matthews']
        : ['accuracy', 'balanced_accuracy', 'f1_macro', 'roc_auc_macro', 'top_3_accuracy', 'expected_calibration_error', 'matthews'],
      regression: ['rmse', 'mae', 'r2', 'mape'],
      sequences: ['perplexity', 'bits_per_character', 'token_error_rate', 'sequence_error_rate', 'edit_distance']
    }[report.kind];
    var all = [element('div', { 'class': 'tile' }, [
      element('div', { 'class': 'name' }, 'Loss'),
      element('div', { 'class': 'value' }, page.number(report.loss)),
      element('div', { 'class': 'range' }, report.size)
    ])];
    wanted.forEach(function (id) {
      report.metrics.filter(function (metric) { return metric.id === id; }).forEach(function (metric) {
        all.push(element('div', { 'class': 'tile', 'data-metric': id }, [
          element('div', { 'class': 'name' }, metric.title),
          element('div', { 'class': 'value' }, page.number(metric.value)),
          element('div', { 'class': 'range' }, page.range(metric.lower, metric.upper))
        ]));
      });
    });
    main.append(element('div', { 'class': 'tiles' }, all));
  }

  function learning() {
    var place = page.section(main, 'learning', 'Learning');
    var verdict = report.generalization.verdict;
    var tone = { balanced: 'good', overfitting: 'warn', underfitting: 'warn' }[verdict] || '';
    place.append(element('p', { 'class': 'verdict ' + tone, id: 'verdict' }, report.generalization.sentence));
    if (report.history.length === 0) {
      return;
    }
    var metrics = KilnCharts.measured(report.history);
    var grid = element('div', { 'class': 'grid' });
    metrics.forEach(function (metric) {
      grid.append(page.chart(page.capital(KilnCharts.title(metric)) + ' by epoch', 280, function (theme) {
        return KilnCharts.learningCurve(report, metric, theme);
      }).figure);
    });
    if (report.history.some(function (epoch) { return typeof epoch.validation[report.generalization.metric] === 'number'; })) {
      grid.append(page.chart('Generalization gap', 280, function (theme) { return KilnCharts.generalizationGap(report, theme); }).figure);
    }
    grid.append(page.chart('Learning rate', 280, function (theme) { return KilnCharts.learningRate(report, theme); }).figure);
    if (report.scaling) {
      grid.append(page.chart('Loss scale', 280, function (theme) { return KilnCharts.lossScale(report, theme); }).figure);
    }
    place.append(grid);
    if (report.scaling) {
      place.append(element('p', { id: 'scaling' }, page.capital(report.scaling) + '.'));
    }
    var headings = ['Epoch'];
    metrics.forEach(function (metric) { headings.push('training ' + KilnCharts.title(metric), 'validation ' + KilnCharts.title(metric)); });
    headings.push('learning rate', 'seconds', 'samples/s', 'best');
    if (report.scaling) {
      headings.push('loss scale', 'skipped so far');
    }
    place.append(page.details('All epochs as a table', page.table('Epochs', headings, report.history.map(function (epoch) {
      var row = [String(epoch.number)];
      metrics.forEach(function (metric) {
        [epoch.training, epoch.validation].forEach(function (values) {
          row.push(values[metric] === undefined ? 'not measured' : page.number(values[metric]));
        });
      });
      row.push(page.number(epoch.learningRate, 6), page.number(epoch.seconds, 2) + (epoch.resumed ? ' since resumed' : ''), Math.round(epoch.samplesPerSecond).toLocaleString('en'), epoch.best ? 'yes' : '');
      if (epoch.scaling) {
        row.push(epoch.scaling.loss_scale.toLocaleString('en'), epoch.scaling.skipped_updates.toLocaleString('en'));
      }
      return row;
    }))));
  }

  function confusion() {
    var place = page.section(main, 'confusion', 'Confusion matrix');
    place.append(element('p', { 'class': 'muted' }, 'Rows are the true classes, columns what was predicted' +
      (report.threshold === null ? '' : ' at the threshold ' + report.threshold + ' on ' + report.classes[report.positive]) +
      '. Each cell has its count and its share of the row.'));
    var size = KilnCharts.confusionSize(report.classes.length);
    var figure = page.chart('Predicted against true class', size.height, function (theme) {
      return KilnCharts.confusionMatrix(report, theme);
    }).figure;
    figure.style.maxWidth = size.width + 'px';
    place.append(figure);
    var shares = KilnCharts.rowShares(report.confusion);
    place.append(page.details('Counts and row shares as a table', page.table('Confusion matrix', ['true \\ predicted'].concat(report.classes),
      report.confusion.map(function (row, truth) {
        return [report.classes[truth]].concat(row.map(function (cell, predicted) { return cell + ' (' + KilnCharts.percent(shares[truth][predicted]) + ')'; }));
      }))));
  }

  function perClass() {
    var place = page.section(main, 'classes', 'Classes');
    place.append(page.table('Metrics of each class against the rest',
      ['Class', 'samples', 'predicted', 'precision', 'recall', 'specificity', 'F1', 'ROC AUC', 'average precision'],
      report.perClass.map(function (row) {
        return [row.name, row.support.toLocaleString('en'), row.predicted.toLocaleString('en'), page.withRange(row.precision, row.precisionRange),
          page.withRange(row.recall, row.recallRange), page.number(row.specificity), page.number(row.f1),
          page.withRange(row.rocAuc, row.rocAucRange), page.number(row.averagePrecision)];
      })));
    place.append(element('p', { 'class': 'muted' }, 'Intervals: Wilson for shares, bootstrap of 1,000 draws for areas.'));
  }

  function calibration() {
    var place = page.section(main, 'calibration', 'Calibration');
    place.append(element('p', {}, 'Expected calibration error: ' + page.number(report.calibration.error) +
      '. On the diagonal, what is called 80% probable happens in 80% of the cases.'));
    place.append(element('div', { 'class': 'grid' }, [
      page.chart('Reliability', 340, function (theme) { return KilnCharts.calibration(report, theme); }).figure,
      page.chart('How often each probability is said', 340, function (theme) { return KilnCharts.confidences(report, theme); }).figure
    ]));
    place.append(page.details('Bins as a table', page.table('Calibration', ['Mean probability', 'share that happened', 'samples'],
      report.calibration.bins.map(function (bin) { return [page.number(bin.meanScore), page.number(bin.positiveShare), bin.rows.toLocaleString('en')]; }))));
  }

  function regression() {
    var place = page.section(main, 'predictions', 'Predictions');
    place.append(element('div', { 'class': 'grid' }, [
      page.chart('Predicted against true value', 360, function (theme) { return KilnCharts.predictedAgainstTrue(report, theme); }).figure,
      page.chart('Errors', 360, function (theme) { return KilnCharts.errors(report, theme); }).figure
    ]));
    place.append(page.details('Errors as a table', page.table('Errors', ['From', 'to', 'values'],
      report.errors.map(function (bin) { return [page.number(bin[0]), page.number(bin[1]), String(bin[2])]; }))));
  }

  function mistake(one) {
    var rows = [['true', one.truth], ['said', one.said]].filter(function (row) { return row[1] !== null; });
    return element('div', { 'class': 'mistake' }, [
      one.image !== undefined
        ? element('img', { src: one.image, alt: one.name + ', truly ' + one.truth })
        : element('pre', { 'class': 'text' }, one.text),
      rows.length === 0 ? null : element('dl', {}, rows.reduce(function (all, row) {
        return all.concat([element('dt', {}, row[0]), element('dd', {}, row[1])]);
      }, [])),
      element('div', {}, one.severity),
      one.name ? element('div', { 'class': 'muted' }, one.name) : null
    ]);
  }

  function gallery(place, title, mistakes) {
    if (mistakes.length === 0) {
      return;
    }
    var wide = mistakes.some(function (one) { return one.text !== undefined; });
    place.append(element('h3', {}, title), element('div', { 'class': wide ? 'gallery wide' : 'gallery' }, mistakes.map(mistake)));
  }

  function mistakes() {
    var place = page.section(main, 'mistakes', report.exhibited);
    if (report.worst.length === 0) {
      place.append(element('p', {}, 'There is none among these samples.'));
      return;
    }
    if (report.kind === 'classification') {
      gallery(place, 'Worst: the least probability for the truth', report.worst);
      gallery(place, 'Most confident: the most probability for what is wrong', report.confident);
    } else {
      (report.galleries || [{ title: 'Furthest from the truth', samples: report.worst }]).forEach(function (one) {
        gallery(place, one.title, one.samples);
      });
    }
  }

  function allMetrics() {
    var place = page.section(main, 'metrics', 'All metrics');
    if (report.kind === 'classification' && report.classes.length === 2) {
      place.append(element('p', { 'class': 'muted' }, 'The positive class is ' + report.classes[report.positive] + '.'));
    }
    place.append(page.table('Metrics', ['Metric', 'value', '95% interval', 'better'], report.metrics.map(function (metric) {
      return [metric.title, page.number(metric.value, 6), metric.lower === null ? '' : page.number(metric.lower) + ' to ' + page.number(metric.upper),
        { HIGHER_IS_BETTER: 'higher', LOWER_IS_BETTER: 'lower', DESCRIPTIVE: '' }[metric.direction]];
    })));
  }

  function run() {
    var place = page.section(main, 'run', 'Run');
    place.append(element('div', { 'class': 'grid' }, report.facts.map(page.facts)));
    if (report.layers.length > 0) {
      place.append(element('h3', {}, 'Model'), page.table('Layers', ['Layer', 'kind', 'output', 'parameters'], report.layers.map(function (layer) {
        return [layer.name || '(network)', layer.kind, layer.output, layer.parameters === 0 ? '' : layer.parameters.toLocaleString('en')];
      })));
    }
  }

  tiles();
  learning();
  if (report.kind === 'classification') {
    confusion();
    KilnThreshold.show(report, main);
    calibration();
    perClass();
  } else if (report.kind === 'regression') {
    regression();
  }
  mistakes();
  allMetrics();
  run();
});
