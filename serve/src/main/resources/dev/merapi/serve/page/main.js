// Which part of the page is shown, by what stands behind # in its address.

import { json, setKey } from './api.js';
import { chat, writes } from './chat.js';
import { button, el, field } from './dom.js';
import { playground } from './playground.js';
import { run } from './run.js';
import { runs } from './runs.js';

const PAGES = { chat: ['Chat', chat], try: ['Try', playground], runs: ['Runs', runs] };
const view = document.getElementById('view');
const tabs = document.getElementById('tabs');
const error = document.getElementById('error');
let models = [], shown = [], end = null, turn = 0;

/** Says what went wrong; null takes it back. */
function report(e) {
  error.hidden = e == null;
  if (e == null) return;
  if (e.status === 401) return askKey();
  error.replaceChildren(e instanceof TypeError ? 'The server cannot be reached.' : e.message,
    button('×', () => report(null), { class: 'quiet', 'aria-label': 'Close' }));
}

/** The server wants a key. */
function askKey() {
  error.hidden = true;
  end?.();
  end = null;
  const key = el('input', { type: 'password', id: 'key', autocomplete: 'off', required: true });
  view.replaceChildren(el('form.key', { onsubmit: event => {
    event.preventDefault();
    setKey(key.value.trim());
    begin();
  } }, el('h1', {}, 'This server asks for a key'), field('Key', key, 'One of the file that the server was started with.'
    + ' It is kept until this tab is closed.'), el('button.main', { type: 'submit' }, 'Go on')));
  key.focus();
}

async function begin() {
  report(null);
  try {
    const [about, list] = await Promise.all([json('v2'), json('v1/models')]);
    models = list.data;
    shown = [models.some(writes) ? 'chat' : null, models.some(model => !writes(model)) ? 'try' : null,
      about.extensions.includes('runs') ? 'runs' : null].filter(Boolean);
    tabs.replaceChildren(...shown.map(name => el('a', { href: '#/' + name, 'data-page': name }, PAGES[name][0])));
    await route();
  } catch (e) {
    report(e);
  }
}

/** Shows the page that the address names. */
async function route() {
  const [, page = '', argument = '', search = ''] = /^#\/([a-z]*)\/?([^?]*)\??(.*)$/.exec(location.hash) ?? [];
  const isRun = page === 'run' && shown.includes('runs');
  const name = isRun ? 'runs' : shown.includes(page) ? page : shown[0];
  const mine = ++turn;
  end?.();
  end = null;
  report(null);
  const place = el('div.page');
  view.replaceChildren(place);
  for (const tab of tabs.children) {
    if (tab.dataset.page === name) tab.setAttribute('aria-current', 'page');
    else tab.removeAttribute('aria-current');
  }
  if (!name) return place.append(el('p.empty', {}, 'This server has no models.'));
  document.title = (isRun ? decodeURIComponent(argument) : PAGES[name][0]) + ' – Merapi';
  const options = { models, report, argument: decodeURIComponent(argument), parameters: new URLSearchParams(search) };
  try {
    const ending = await (isRun ? run : PAGES[name][1])(place, options);
    if (mine === turn) end = ending;
    else ending?.(); // another page was asked for meanwhile
  } catch (e) {
    if (mine === turn) report(e);
  }
}

// ---- light and dark

const theme = document.getElementById('theme');
const system = matchMedia('(prefers-color-scheme: dark)');

function isDark() {
  const own = localStorage.getItem('merapi.theme');
  return own ? own === 'dark' : system.matches;
}

function showTheme() {
  const own = localStorage.getItem('merapi.theme');
  if (own) document.documentElement.dataset.theme = own; // else the style asks the system
  theme.textContent = isDark() ? 'Light' : 'Dark';
  theme.setAttribute('aria-label', isDark() ? 'Light colours' : 'Dark colours');
}

theme.onclick = () => {
  localStorage.setItem('merapi.theme', isDark() ? 'light' : 'dark');
  showTheme();
};
system.addEventListener('change', showTheme);
document.getElementById('skip').onclick = event => {
  event.preventDefault();
  view.focus();
};
addEventListener('hashchange', route);
showTheme();
begin();
