/* Runs side by side: their metrics, their curves, the tests between them and their configurations. */
KilnPage.show(function (comparison, main) {
  'use strict';

  var page = KilnPage;
  var element = page.element;
  var runs = comparison.runs;
  var names = runs.map(function (run) { return run.name; });

  function metricOf(run, id) {
    return run.metrics.filter(function (metric) { return metric.id === id; })[0];
  }

  function metrics() {
    var place = page.section(main, 'metrics', 'Metrics');
    var withIntervals = runs[0].metrics.filter(function (metric) {
      return ['accuracy', 'roc_auc', 'average_precision'].indexOf(metric.id) >= 0 && metric.lower !== null;
    });
    place.append(element('div', { 'class': 'grid' }, withIntervals.map(function (metric) {
      return page.chart(metric.title + ', 95% intervals', 80 + 42 * runs.length, function (theme) {
        return KilnCharts.intervals(runs, metric.id, theme);
      }).figure;
    })));
    var rows = [['Loss'].concat(runs.map(function (run) { return page.number(run.loss); }))];
    runs[0].metrics.forEach(function (metric) {
      rows.push([metric.title].concat(runs.map(function (run) {
        var own = metricOf(run, metric.id);
        return own ? page.withRange(own.value, own.lower === null ? null : [own.lower, own.upper]) : '';
      })));
    });
    place.append(page.table('Metrics', ['Metric'].concat(names), rows));
  }

  function tests() {
    if (comparison.tests.length === 0) {
      return;
    }
    var place = page.section(main, 'tests', 'Tests');
    var kinds = [
      { of: 'mcnemar', asks: "McNemar's test asks whether two runs err equally often.", headings: ['only first right', 'only second right', 'McNemar p'],
        cells: function (test) { return [test.only_first_right.toLocaleString('en'), test.only_second_right.toLocaleString('en'), page.number(test.p)]; } },
      { of: 'delong', asks: "DeLong's asks whether their ROC areas are the same.", headings: ['ROC areas', 'DeLong p'],
        cells: function (test) { return [page.number(test.first_roc_auc) + ' and ' + page.number(test.second_roc_auc), page.number(test.p)]; } },
      { of: 'wilcoxon', asks: "Wilcoxon's signed-rank test asks whether one of two runs has the lower errors, sample by sample.", headings: ['first nearer', 'second nearer', 'Wilcoxon p'],
        cells: function (test) { return [test.first_lower.toLocaleString('en'), test.second_lower.toLocaleString('en'), page.number(test.p)]; } }
    ].filter(function (kind) { return comparison.tests.some(function (test) { return test[kind.of]; }); });
    place.append(element('p', { 'class': 'muted' }, kinds.map(function (kind) { return kind.asks; }).join(' ') +
      ' A small p speaks for a difference; with many pairs some are small by chance.'));
    place.append(page.table('Tests between pairs of runs', kinds.reduce(function (all, kind) { return all.concat(kind.headings); }, ['Pair']),
      comparison.tests.map(function (test) {
        return kinds.reduce(function (row, kind) {
          return row.concat(test[kind.of] ? kind.cells(test[kind.of]) : kind.headings.map(function () { return ''; }));
        }, [test.first + ' against ' + test.second]);
      })));
  }

  function curves() {
    var place = page.section(main, 'curves', 'Curves');
    var grid = element('div', { 'class': 'grid' });
    var all = runs.reduce(function (epochs, run) { return epochs.concat(run.history); }, []);
    KilnCharts.measured(all).forEach(function (metric) {
      grid.append(page.chart('Validation ' + KilnCharts.title(metric) + ' by epoch', 320, function (theme) {
        return KilnCharts.comparedLearning(runs, metric, theme);
      }).figure);
    });
    if (runs.every(function (run) { return run.curve; })) {
      grid.append(page.chart('ROC curves', 380, function (theme) { return KilnCharts.comparedRoc(runs, theme); }).figure);
    }
    place.append(grid);
  }

  function configurations() {
    var place = page.section(main, 'configurations', 'Configurations');
    place.append(element('p', { 'class': 'muted' }, 'What differs is marked and stands first.'));
    var keys = comparison.differences.concat(comparison.keys.filter(function (key) { return comparison.differences.indexOf(key) < 0; }));
    place.append(page.table('Configurations', ['Key'].concat(names), keys.map(function (key) {
      var differs = comparison.differences.indexOf(key) >= 0;
      return [key + (differs ? ' (differs)' : '')].concat(runs.map(function (run) {
        return element('td', differs ? { 'class': 'differs' } : {}, run.configuration[key] === undefined ? '' : run.configuration[key]);
      }));
    }), { 'class': 'words' }));
  }

  metrics();
  tests();
  curves();
  configurations();
});
