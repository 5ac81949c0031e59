// The runs of a folder: a list, and the curves and settings of those that are chosen, while they train too.

import { json, query } from './api.js';
import { Charts, RunRows, words } from './curves.js';
import { ago, el, field, number } from './dom.js';
import { settingsTable } from './settings.js';

const EVERY = 2000; // milliseconds between looks
const HUES = 8;
const FIRST = 3; // runs that are chosen at first

const COLUMNS = [ // name, value to sort by, cell
  ['Run', run => run.name, run => el('a', { href: '#/run/' + encodeURIComponent(run.name) }, run.name)],
  ['Recipe', run => run.recipe, run => run.recipe],
  ['State', run => run.state, run => state(run)],
  ['Last measured', run => metric(run)?.[1], run => metric(run) ? `${words(metric(run)[0])} ${number(metric(run)[1])}`
    : '—'],
  ['Changed', run => run.changed, run => ago(run.changed)]];

/** A metric of the last epoch to tell runs apart by: one that is no loss, if there is one. */
function metric({ values }) {
  const all = Object.entries(values).filter(([, value]) => typeof value === 'number');
  return all.find(([name]) => !/loss/.test(name)) ?? all.find(([name]) => name === 'loss') ?? all[0];
}

/** What a run is doing, in words and a bar. */
export function state(run) {
  const progress = run.progress >= 0 ? run.progress : null;
  const bar = el('span.bar', { 'aria-hidden': 'true' }, el('i'));
  bar.firstChild.style.width = 100 * (progress ?? 0) + '%';
  return el(`span.state.${run.state}`, {}, run.state === 'running' ? 'trains' : run.state,
    run.epoch ? `, epoch ${run.epoch}` : '', progress != null && run.state !== 'done' ? bar : null);
}

/** Shows them, and looks for news until what it returns is called. */
export async function runs(view, { parameters, report }) {
  let all = [];
  const known = new Map(); // rows of runs that were chosen
  const configs = new Map();
  const hues = new Map(); // of chosen runs: a colour stays while a run is chosen
  let sorting = { column: 4, down: true };
  const options = { x: 'epoch', log: false, smooth: 0 };
  const folder = el('span.note');
  const legend = el('ul.legend', { 'aria-label': 'Runs in the charts' });
  const filter = el('input', { type: 'search', placeholder: 'Filter', 'aria-label': 'Filter runs', oninput: list });
  const head = el('tr');
  const body = el('tbody');
  const charts = el('div.charts');
  const drawn = new Charts(charts);
  const settings = el('div');
  const differences = el('input', { type: 'checkbox', id: 'differences', checked: true, onchange: showSettings });
  const x = el('select', { id: 'x', onchange: () => set('x', x.value) }, ['epoch', 'step', 'time'].map(one =>
    el('option', { value: one }, one === 'time' ? 'seconds' : one)));
  const log = el('input', { type: 'checkbox', id: 'log', onchange: () => set('log', log.checked) });
  const smooth = el('input', { type: 'range', id: 'smooth', min: 0, max: 0.99, step: 0.01, value: 0,
    oninput: () => set('smooth', +smooth.value) });
  const comparison = el('div', { hidden: true }, el('section', { 'aria-label': 'Curves' },
    el('div.bar', {}, el('h2', {}, 'Curves'), field('Along', x), field('Logarithm', log), field('Smooth steps', smooth)),
    legend, charts), el('section', { 'aria-label': 'Settings' }, el('div.bar', {}, el('h2', {}, 'Settings'),
    field('Differences alone', differences)), settings));
  const empty = el('p.empty', { hidden: true }, 'No run yet: ', el('code', {}, 'merapi train fashion'), ' begins one.');
  view.append(el('div.runs', {}, el('div.bar', {}, el('h1', {}, 'Runs'), folder, filter), empty,
    el('div.scroll.list-box', { tabindex: 0, 'aria-label': 'Runs', role: 'region' }, el('table.list', {}, el('thead', {}, head),
      body)), comparison));

  const chosen = () => [...hues.keys()];

  function choose(name, isChosen) {
    if (!isChosen) hues.delete(name);
    else if (!hues.has(name)) {
      const taken = new Set(hues.values());
      hues.set(name, [...Array(HUES).keys()].find(hue => !taken.has(hue)) ?? hues.size % HUES);
    }
  }

  async function changed() {
    history.replaceState(null, '', '#/runs?' + new URLSearchParams({ show: chosen().join(',') }));
    list();
    await fetchChosen();
    draw();
    showSettings();
  }

  function set(name, value) {
    options[name] = value;
    draw();
  }

  function list() {
    const wanted = filter.value.toLowerCase();
    const by = COLUMNS[sorting.column][1];
    const shown = all.filter(run => (run.name + ' ' + run.recipe).toLowerCase().includes(wanted)).toSorted((a, b) => {
      const [p, q] = [by(a) ?? '', by(b) ?? ''];
      return (p < q ? -1 : p > q ? 1 : 0) * (sorting.down ? -1 : 1);
    });
    head.replaceChildren(el('th', { scope: 'col' }, el('span.hidden', {}, 'Compare')), ...COLUMNS.map(([name], at) => {
      const now = at === sorting.column;
      return el('th', { scope: 'col', 'aria-sort': now ? sorting.down ? 'descending' : 'ascending' : 'none' },
        el('button.quiet', { type: 'button', onclick: () => {
          sorting = { column: at, down: now ? !sorting.down : at > 2 };
          list();
          head.querySelectorAll('button')[at].focus();
        } }, name, now ? el('span', { 'aria-hidden': 'true' }, sorting.down ? ' ↓' : ' ↑') : ''));
    }));
    const focused = document.activeElement?.closest?.('tr')?.dataset.run;
    body.replaceChildren(...shown.map(run => {
      const hue = hues.get(run.name);
      const box = el('input', { type: 'checkbox', checked: hue != null, 'aria-label': 'Compare ' + run.name,
        onchange: () => {
          choose(run.name, box.checked);
          changed().catch(report);
        } });
      return el('tr', { 'data-run': run.name }, el('td', {}, el(`label.pick${hue == null ? '' : '.hue' + hue}`, {},
        box)), COLUMNS.map(([name, , cell]) => el('td', { 'data-name': name }, cell(run))));
    }));
    if (focused) body.querySelector(`tr[data-run="${CSS.escape(focused)}"] input`)?.focus();
    empty.hidden = all.length > 0;
  }

  /** News of the chosen runs; tells whether there are some. */
  async function fetchChosen() {
    const news = await Promise.all(chosen().map(async name => {
      if (!known.has(name)) known.set(name, new RunRows(name));
      if (!configs.has(name)) configs.set(name, (await json(query('runs/run', { run: name }))).config);
      return known.get(name).update();
    }));
    return news.some(Boolean);
  }

  function draw() {
    comparison.hidden = !hues.size;
    const ready = chosen().filter(name => known.has(name));
    legend.replaceChildren(...ready.map(name => el('li', {}, el(`i.swatch.hue${hues.get(name)}`), name)),
      el('li.note', {}, 'of losses: — test, - - training'));
    drawn.show(ready.map(name => ({ name, hue: hues.get(name), rows: known.get(name) })), options);
  }

  function showSettings() {
    const ready = chosen().filter(name => configs.has(name));
    const several = ready.length > 1;
    differences.disabled = !several;
    settings.replaceChildren(...(ready.length ? [settingsTable(ready.map(name => ({ name, hue: hues.get(name),
      config: configs.get(name) })), several && differences.checked)] : []));
  }

  async function look() {
    const answer = await json('runs');
    all = answer.runs;
    folder.textContent = 'in ' + answer.folder;
    for (const name of chosen()) if (!all.some(run => run.name === name)) hues.delete(name); // was deleted
  }

  await look();
  const wanted = parameters.has('show') ? parameters.get('show').split(',') : all.slice(0, FIRST).map(run => run.name);
  wanted.filter(name => all.some(run => run.name === name)).forEach(name => choose(name, true));
  list();
  await fetchChosen();
  draw();
  showSettings();
  return polling(async () => {
    await look();
    if (!document.activeElement?.matches?.('.pick input')) list();
    if (await fetchChosen()) draw();
  }, report);
}

/** Does something again and again while the page is seen; returns what ends it. */
export function polling(action, report) {
  let timer = null, ended = false;
  const next = () => {
    if (!ended) timer = setTimeout(tick, EVERY);
  };
  async function tick() {
    try {
      if (!document.hidden) await action();
    } catch (e) {
      if (!ended) report(e);
    }
    next();
  }
  next();
  return () => {
    ended = true;
    clearTimeout(timer);
  };
}
