// One run: curves, what it is mistaken in, pictures, samples, settings, files.

import { call, fileUrl, json, query } from './api.js';
import { confusionMatrix } from './confusion.js';
import { Charts, isJudged, RunRows, words } from './curves.js';
import { ago, button, bytes, duration, el, number } from './dom.js';
import { polling, state } from './runs.js';
import { settingsTable } from './settings.js';

const PICTURE = /\.(png|jpe?g|gif|webp|svg)$/i;
const SOUND = /\.(wav|mp3|flac)$/i;
const FILM = /\.mp4$/i;
const TEXT = /\.(txt|md|csv|tsv|log|jinja|ya?ml)$|(^|\/)[^/]*samples?[^/]*\.jsonl$/i;
const LONGEST = 20_000; // characters of a text that are shown
const MOST = 60; // pictures that are shown

/** Shows it, and looks for news until what it returns is called. */
export async function run(view, { argument: name, report }) {
  const rows = new RunRows(name);
  const facts = el('dl.facts');
  const charts = el('div.charts');
  const drawn = new Charts(charts);
  const parts = el('div');
  view.append(el('div.run', {}, el('p', {}, el('a', { href: '#/runs' }, '← All runs')), el('h1', {}, name), facts,
    el('section', { 'aria-label': 'Curves' }, charts), parts));
  let about = null, seen = '';

  function showFacts() {
    const { summary } = about;
    const seconds = rows.epochs.reduce((sum, row) => sum + row.seconds, 0);
    const best = rows.metrics.filter(metric => isJudged(metric) && metric !== 'train_loss').slice(0, 6).map(metric => [metric,
      rows.best(metric)]).filter(([, row]) => row);
    facts.replaceChildren(...[['State', state(summary)], ['Recipe', summary.recipe], ['Changed', ago(summary.changed)],
      ['Trained for', seconds ? duration(seconds) : '—'], ...best.map(([metric, row]) => ['Best ' + words(metric),
        `${number(row[metric])} (epoch ${row.epoch})`])].map(([term, value]) => el('div', {}, el('dt', {}, term),
      el('dd', {}, value))));
  }

  async function showFiles() {
    const now = JSON.stringify(about.files);
    if (now === seen) return;
    const open = new Set([...parts.querySelectorAll('details[open]')].map(one => one.dataset.path));
    seen = now;
    const paths = about.files.map(file => file.path).filter(path => !path.startsWith('checkpoints/'));
    const isCurve = path => path.endsWith('.png') && ['loss', ...rows.metrics].includes(path.slice(0, -4));
    const matrix = about.evaluation?.confusion;
    const pictures = paths.filter(path => PICTURE.test(path) && !isCurve(path) && !(matrix && path === 'confusion.png'))
      .slice(0, MOST);
    const samples = paths.filter(path => SOUND.test(path) || FILM.test(path) || TEXT.test(path));
    parts.replaceChildren(...[
      matrix ? confusionMatrix(about.evaluation) : null,
      await section('Pictures', 'div.gallery', pictures.map(picture)),
      await section('Samples', 'div.samples', samples.map(path => sample(path, open.has(path)))),
      el('div.halves', {}, el('section', { 'aria-label': 'Files' }, el('h2', {}, 'Files'), ...files()),
        el('section', { 'aria-label': 'Settings' }, el('h2', {}, 'Settings'),
          settingsTable([{ name: 'Value', config: about.config }], false)))].filter(Boolean));
  }

  async function section(title, kind, items) {
    if (!items.length) return null;
    return el('section', { 'aria-label': title }, el('h2', {}, title), el(kind, {}, await Promise.all(items)));
  }

  async function picture(path) {
    const changed = about.files.find(file => file.path === path).changed;
    const url = await fileUrl(name, path);
    const source = url.startsWith('blob:') ? url : `${url}&changed=${changed}`; // so that a new one is fetched
    const large = el('dialog', { 'aria-label': path, onclick: () => large.close() },
      el('img', { src: source, alt: path }), button('Close', () => large.close()));
    return el('figure', {}, el('button.picture', { type: 'button', onclick: () => large.showModal(),
      'aria-label': 'Enlarge ' + path }, el('img', { src: source, alt: path, loading: 'lazy' })),
      el('figcaption', {}, path), large);
  }

  async function sample(path, isOpen) {
    if (SOUND.test(path)) {
      return el('figure', {}, el('audio', { controls: true, src: await fileUrl(name, path), 'aria-label': path }),
        el('figcaption', {}, path));
    }
    if (FILM.test(path)) {
      return el('figure', {}, el('video', { controls: true, src: await fileUrl(name, path), 'aria-label': path }),
        el('figcaption', {}, path));
    }
    const shown = el('pre', { tabindex: 0 });
    const made = el('details', { 'data-path': path, ontoggle: async () => {
      if (!made.open || shown.textContent) return;
      try {
        const text = await (await call(query('runs/file', { run: name, path }))).text();
        shown.textContent = text.length > LONGEST ? text.slice(0, LONGEST) + '\n…' : text;
      } catch (e) {
        report(e);
      }
    } }, el('summary', {}, path), shown);
    made.open = isOpen;
    return made;
  }

  /** The run's own, and its checkpoints behind a line. */
  function files() {
    const isCheckpoint = file => file.path.startsWith('checkpoints/');
    const checkpoints = about.files.filter(isCheckpoint);
    return [fileTable(about.files.filter(file => !isCheckpoint(file))), checkpoints.length ? el('details', {},
      el('summary', {}, `Checkpoints, ${bytes(checkpoints.reduce((sum, file) => sum + file.size, 0))}`),
      fileTable(checkpoints)) : null];
  }

  function fileTable(listed) {
    return el('div.scroll', { tabindex: 0 }, el('table.files', {}, el('thead', {}, el('tr', {},
      ['File', 'Size', 'Changed'].map(head => el('th', { scope: 'col' }, head)))), el('tbody', {},
      listed.map(file => el('tr', {}, el('td', {}, el('a', { href: query('runs/file', { run: name,
        path: file.path }), download: file.path.split('/').at(-1), onclick: event => download(event, file.path) },
      file.path)), el('td.end', {}, bytes(file.size)), el('td', {}, ago(file.changed)))))));
  }

  /** With a key, which links do not send, the file is fetched first. */
  async function download(event, path) {
    if (event.target.dataset.ready || !sessionStorage.getItem('merapi.key')) return;
    event.preventDefault();
    try {
      event.target.href = await fileUrl(name, path);
      event.target.dataset.ready = 'yes';
      event.target.click();
    } catch (e) {
      report(e);
    }
  }

  async function look() {
    about = await json(query('runs/run', { run: name }));
    const news = await rows.update();
    showFacts();
    if (news) drawn.show([{ name: 'this run', hue: 0, rows }], { x: 'epoch', log: false, smooth: 0 });
    await showFiles();
  }

  await look();
  return polling(look, report);
}
