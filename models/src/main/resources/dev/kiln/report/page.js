/* What every page of Kiln is built with: elements, tables, charts that follow the theme, and the theme itself. */
var KilnPage = (function () {
  'use strict';

  var charts = [];

  /** Creates an element; text is always text, never markup. */
  function element(tag, attributes, children) {
    var result = document.createElement(tag);
    Object.keys(attributes || {}).forEach(function (name) {
      result.setAttribute(name, attributes[name]);
    });
    (Array.isArray(children) ? children : [children]).forEach(function (child) {
      if (child !== undefined && child !== null) {
        result.append(child);
      }
    });
    return result;
  }

  function section(main, id, title) {
    var result = element('section', { id: id, 'aria-labelledby': id + '-title' }, element('h2', { id: id + '-title' }, title));
    main.append(result);
    document.getElementById('contents').append(element('a', { href: '#' + id }, title));
    return result;
  }

  /** A table; a cell may be text or an element, the first cell of a row is its heading. */
  function table(caption, headings, rows, attributes) {
    var head = element('tr', {}, headings.map(function (heading) { return element('th', { scope: 'col' }, heading); }));
    var body = rows.map(function (row) {
      return element('tr', {}, row.map(function (cell, i) {
        if (cell instanceof HTMLTableCellElement) {
          return cell;
        }
        return i === 0 ? element('th', { scope: 'row' }, cell) : element('td', {}, cell);
      }));
    });
    var result = element('table', attributes || {}, [element('thead', {}, head), element('tbody', {}, body)]);
    result.setAttribute('aria-label', caption);
    return element('div', { 'class': 'scroll', tabindex: '0', role: 'region', 'aria-label': caption }, result);
  }

  function details(summary, content) {
    return element('details', { 'class': 'no-print' }, [element('summary', {}, summary), content]);
  }

  function number(value, digits) {
    if (value === null || value === undefined) {
      return 'undefined';
    }
    return Math.abs(value) >= 1e6 || (value !== 0 && Math.abs(value) < 1e-4) ? value.toExponential(3) : value.toFixed(digits === undefined ? 4 : digits);
  }

  function capital(text) {
    return text.charAt(0).toUpperCase() + text.substring(1);
  }

  function range(lower, upper) {
    return lower === null || lower === undefined ? null : '95%: ' + number(lower, 3) + ' to ' + number(upper, 3);
  }

  function withRange(value, bounds) {
    var text = bounds ? range(bounds[0], bounds[1]) : null;
    return element('td', {}, [number(value), text ? element('span', { 'class': 'range' }, text) : null]);
  }

  function themeName() {
    return document.documentElement.dataset.theme;
  }

  /** The colours the page has now; printed pages are light. */
  function theme() {
    return KilnCharts.themes[themeName()];
  }

  /**
   * Puts a chart on the page and keeps it in the page's colours and width.
   *
   * optionOf gives the chart's option for a theme; describe says in a sentence what it shows, for those who cannot see it.
   */
  function chart(caption, height, optionOf, describe) {
    var holder = element('div', { 'class': 'chart', role: 'img', style: 'height:' + height + 'px' });
    var save = element('button', { type: 'button', 'class': 'quiet', title: 'Save this chart as an SVG file' }, 'SVG');
    var figure = element('figure', {}, [element('figcaption', {}, [element('span', {}, caption), save]), holder]);
    var drawn = { figure: figure, instance: null };
    /** Lets paper scale the picture, whose size in pixels is that of the screen. */
    drawn.fit = function () {
      holder.querySelector('svg').setAttribute('viewBox', '0 0 ' + drawn.instance.getWidth() + ' ' + drawn.instance.getHeight());
    };
    drawn.draw = function () {
      if (drawn.instance === null) {
        drawn.instance = echarts.init(holder, null, { renderer: 'svg' });
      }
      drawn.instance.setOption(optionOf(theme()), { notMerge: true });
      drawn.fit();
      holder.setAttribute('aria-label', describe ? describe() : caption);
    };
    save.addEventListener('click', function () {
      var link = element('a', { href: URL.createObjectURL(new Blob([drawn.instance.renderToSVGString()], { type: 'image/svg+xml' })), download: caption.replace(/[^A-Za-z0-9]+/g, '-') + '.svg' });
      link.click();
      URL.revokeObjectURL(link.href);
    });
    charts.push(drawn);
    return drawn;
  }

  function resizeAll() {
    charts.forEach(function (one) {
      if (one.instance !== null) {
        one.instance.resize();
        one.fit();
      }
    });
  }

  function redrawAll() {
    charts.forEach(function (one) { one.draw(); });
  }

  function setTheme(name) {
    document.documentElement.dataset.theme = name;
    document.getElementById('theme-toggle').textContent = name === 'dark' ? 'Light' : 'Dark';
  }

  /** Chooses the theme the reader's system prefers, until the button says otherwise. */
  function followTheme() {
    var dark = window.matchMedia('(prefers-color-scheme: dark)');
    var chosen = false;
    var beforePrint = null;
    setTheme(dark.matches ? 'dark' : 'light');
    dark.addEventListener('change', function () {
      if (!chosen) {
        setTheme(dark.matches ? 'dark' : 'light');
        redrawAll();
      }
    });
    document.getElementById('theme-toggle').addEventListener('click', function () {
      chosen = true;
      setTheme(themeName() === 'dark' ? 'light' : 'dark');
      redrawAll();
    });
    window.addEventListener('beforeprint', function () {
      beforePrint = themeName();
      setTheme('light');
      redrawAll();
    });
    window.addEventListener('afterprint', function () {
      setTheme(beforePrint || themeName());
      redrawAll();
    });
    window.addEventListener('resize', resizeAll);
  }

  function facts(one) {
    return element('div', {}, [
      element('h3', {}, one.title),
      table(one.title, ['', ''], Object.keys(one.entries).map(function (name) { return [name, one.entries[name]]; }), { 'class': 'words' })
    ]);
  }

  /** Reads the data, builds the page by them and draws its charts. */
  function show(build) {
    var data = JSON.parse(document.getElementById('data').textContent);
    followTheme();
    document.getElementById('title').textContent = data.title;
    document.getElementById('subject').textContent = data.subject;
    build(data, document.getElementById('main'));
    redrawAll();
    document.documentElement.dataset.ready = 'true';
  }

  return {
    element: element, section: section, table: table, details: details, number: number, capital: capital, range: range, withRange: withRange,
    chart: chart, facts: facts, show: show
  };
})();
