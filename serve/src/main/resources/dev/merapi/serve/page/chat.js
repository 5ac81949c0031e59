// Conversations with a model that writes.

import { events } from './api.js';
import { button, el, field, number } from './dom.js';
import { markdown } from './markdown.js';
import * as talks from './talks.js';

const SETTINGS = 'merapi.settings'; // of the last conversation, which the next one begins with
const DEFAULTS = { system: '', temperature: 0.7, max_tokens: 256, top_p: 1, stop: '', seed: '' };

/** Whether it writes texts. */
export const writes = model => model.kind === 'chat' || model.kind === 'completion';

/**
 * Shows the newest conversation, or an empty one.
 *
 * @returns what ends it
 */
export function chat(view, { models, report }) {
  const writers = models.filter(writes);
  let abort = null; // while an answer is written

  function fresh() {
    let settings = DEFAULTS;
    try {
      settings = { ...DEFAULTS, ...JSON.parse(localStorage.getItem(SETTINGS) ?? '{}') };
    } catch { /* damaged: as at first */ }
    return talks.create(select.value || writers[0].id, settings);
  }

  // ---- the parts of the page

  const list = el('ul');
  const aside = el('aside.talks', { 'aria-label': 'Conversations' },
    button('New chat', () => open(fresh()), { id: 'new-chat', class: 'wide' }), list);
  const drawer = button('Conversations', () => {
    drawer.setAttribute('aria-expanded', aside.classList.toggle('open'));
  }, { class: 'quiet drawer', 'aria-expanded': 'false' });
  const select = el('select', { id: 'model', 'aria-label': 'Model', onchange: () => {
    talk.model = select.value;
    show();
  } }, writers.map(model => el('option', { value: model.id }, model.id)));
  const settings = el('form.settings', { id: 'settings', hidden: true, onsubmit: event => event.preventDefault() });
  const opener = button('Settings', () => {
    settings.hidden = !settings.hidden;
    opener.setAttribute('aria-expanded', !settings.hidden);
    if (!settings.hidden) settings.querySelector('textarea, input').focus();
  }, { class: 'quiet', 'aria-expanded': 'false', 'aria-controls': 'settings' });
  const log = el('div.log', { role: 'log', 'aria-label': 'Conversation', tabindex: 0, onclick: copyCode });
  const text = el('textarea', { id: 'text', rows: 1, 'aria-label': 'Message', placeholder: 'Write a message',
    oninput: grow, onkeydown: typed });
  const send = el('button.main', { type: 'submit' }, 'Send');
  const stop = button('Stop', () => abort?.abort(), { id: 'stop', class: 'main', hidden: true });
  const form = el('form.say', { onsubmit: said }, text, send, stop);
  view.append(el('div.chat', {}, aside, el('section.talk', { 'aria-label': 'Chat' },
    el('div.bar', {}, drawer, select, opener), settings, log, form,
    el('p.hint', {}, 'Enter sends, Shift and Enter begin a line, Escape stops. Kept in this browser alone.'))));

  let talk = talks.all()[0] ?? fresh();
  const model = () => writers.find(one => one.id === talk.model) ?? writers[0];

  // ---- showing

  function open(another) {
    abort?.abort();
    talk = another;
    aside.classList.remove('open');
    drawer.setAttribute('aria-expanded', 'false');
    show();
    text.focus();
  }

  function show() {
    talk.model = model().id;
    select.value = talk.model;
    showList();
    showSettings();
    const continues = model().kind === 'completion';
    text.placeholder = continues ? 'Begin a text, which the model goes on with' : 'Write a message';
    log.replaceChildren(...talk.messages.map(message));
    if (!talk.messages.length) {
      log.append(el('div.empty', {}, el('h2', {}, continues ? 'Let the model go on with a text' : 'Talk with '
        + model().id), el('p', {}, continues ? 'This model has no chat template: it continues what you write.'
        : 'What you write goes to this server, and nowhere else.')));
    }
    log.scrollTop = log.scrollHeight;
  }

  function showList() {
    list.replaceChildren(...talks.all().map(one => el(one.id === talk.id ? 'li.current' : 'li', {},
      button(one.title, () => open(one), one.id === talk.id ? { 'aria-current': 'true' } : {}),
      button('×', () => {
        talks.remove(one.id);
        if (one.id === talk.id) open(talks.all()[0] ?? fresh());
        else showList();
      }, { class: 'quiet', 'aria-label': 'Delete ' + one.title, title: 'Delete' }))));
  }

  function showSettings() {
    const bound = (name, input) => {
      input.name = name;
      input.value = talk.settings[name] ?? DEFAULTS[name];
      input.addEventListener('input', () => {
        talk.settings[name] = input.type === 'number' && input.value !== '' ? +input.value : input.value;
        localStorage.setItem(SETTINGS, JSON.stringify(talk.settings));
        if (talk.messages.length) talks.save(talk);
      });
      return input;
    };
    const numbers = (name, attributes) => bound(name, el('input', { type: 'number', ...attributes }));
    settings.replaceChildren(...[
      model().kind === 'chat' ? field('System message', bound('system', el('textarea', { rows: 2 })),
        'Tells the model how to answer.') : null,
      field('Temperature', numbers('temperature', { min: 0, max: 2, step: 0.1 }), '0 is always the likeliest word.'),
      field('Top p', numbers('top_p', { min: 0.01, max: 1, step: 0.01 }), 'Only the likeliest words of this share.'),
      field('Max tokens', numbers('max_tokens', { min: 1, step: 1 }), 'The longest answer.'),
      field('Seed', numbers('seed', { step: 1 }), 'The same one gives the same answer.'),
      field('Stop at', bound('stop', el('input')), 'A text that ends an answer.')].filter(Boolean));
  }

  /** A message and what can be done with it. */
  function message(said, index) {
    const mine = said.role === 'user';
    const body = el('div.body');
    if (mine || model().kind === 'completion') body.append(el('p.plain', {}, said.content));
    else body.append(markdown(said.content));
    const last = index === talk.messages.length - 1;
    return el(`article.message.${mine ? 'user' : 'assistant'}`, { 'aria-label': mine ? 'You' : model().id }, body,
      el('div.actions', {},
        said.note ? el('span.note', {}, said.note) : null,
        button('Copy', event => copy(said.content, event.target), { class: 'quiet' }),
        mine ? button('Edit', () => edit(index), { class: 'quiet' }) : null,
        last ? button('Regenerate', regenerate, { class: 'quiet' }) : null));
  }

  function edit(index) {
    abort?.abort();
    text.value = talk.messages[index].content;
    talk.messages.length = index;
    talks.save(talk);
    show();
    grow();
    text.focus();
  }

  async function copy(what, pressed) {
    const words = pressed.textContent;
    try {
      await navigator.clipboard.writeText(what);
      pressed.textContent = 'Copied';
    } catch {
      pressed.textContent = 'The browser forbids it';
    }
    setTimeout(() => { pressed.textContent = words; }, 1500);
  }

  function copyCode({ target }) {
    if (target.matches('[data-copy]')) copy(target.closest('.code').querySelector('code').textContent, target);
  }

  // ---- asking

  function request() {
    const { system, temperature, max_tokens, top_p, stop: end, seed } = talk.settings;
    const body = { model: talk.model, stream: true, stream_options: { include_usage: true },
      temperature: +temperature, max_tokens: +max_tokens || DEFAULTS.max_tokens, top_p: +top_p || 1 };
    if (end) body.stop = end.replaceAll('\\n', '\n');
    if (seed !== '' && seed != null) body.seed = +seed;
    const told = talk.messages.map(({ role, content }) => ({ role, content }));
    if (model().kind === 'completion') return ['v1/completions', { ...body, prompt: told.map(m => m.content).join('') }];
    const messages = system?.trim() ? [{ role: 'system', content: system }, ...told] : told;
    return ['v1/chat/completions', { ...body, messages }];
  }

  /** Writes the answer to the last message. */
  async function answer() {
    const mine = talk; // another may be opened meanwhile
    const said = { role: 'assistant', content: '' };
    const [path, body] = request();
    const place = el('article.message.assistant.writing', { 'aria-label': model().id }, el('div.body'));
    const began = performance.now();
    let tokens = 0, reason = null, drawn = true;
    const draw = () => {
      drawn = true;
      const low = log.scrollHeight - log.scrollTop - log.clientHeight < 80;
      place.firstChild.replaceChildren(model().kind === 'completion' ? el('p.plain', {}, said.content)
        : markdown(said.content));
      if (low) log.scrollTop = log.scrollHeight;
    };
    abort = new AbortController();
    log.append(place);
    log.setAttribute('aria-busy', 'true'); // a screen reader waits for the whole answer
    log.scrollTop = log.scrollHeight;
    send.hidden = true;
    stop.hidden = false;
    report(null);
    try {
      for await (const event of events(path, body, abort.signal)) {
        const choice = event.choices[0];
        said.content += choice?.delta?.content ?? choice?.text ?? '';
        reason = choice?.finish_reason ?? reason;
        tokens = event.usage?.completion_tokens ?? tokens;
        if (drawn) {
          drawn = false;
          requestAnimationFrame(draw);
        }
      }
    } catch (e) {
      if (e.name !== 'AbortError') report(e);
      reason = e.name === 'AbortError' ? 'stopped' : 'failed';
    } finally {
      abort = null;
      send.hidden = false;
      stop.hidden = true;
      log.removeAttribute('aria-busy');
    }
    said.note = [tokens ? `${tokens} tokens` : '', tokens ? number(+(1000 * tokens
      / (performance.now() - began)).toPrecision(2)) + ' a second' : '', { length: 'cut at max tokens',
      stopped: 'stopped' }[reason] ?? ''].filter(Boolean).join(' · ');
    if (said.content || reason !== 'failed') mine.messages.push(said);
    talks.save(mine);
    if (mine === talk) show();
    else showList();
  }

  function said(event) {
    event.preventDefault();
    if (!text.value.trim() || abort) return;
    talk.messages.push({ role: 'user', content: text.value });
    text.value = '';
    grow();
    talks.save(talk);
    show();
    answer();
  }

  function regenerate() {
    if (abort) return;
    if (talk.messages.at(-1)?.role === 'assistant') talk.messages.pop();
    show();
    answer();
  }

  function typed(event) {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  }

  function grow() {
    text.style.height = 'auto';
    text.style.height = Math.min(text.scrollHeight + 2, 240) + 'px';
  }

  function escape(event) {
    if (event.key === 'Escape') abort?.abort();
  }

  /** Another tab of the browser has changed something. */
  function elsewhere(event) {
    if (event.key !== 'merapi.talks' || abort) return;
    talk = talks.find(talk.id) ?? talk;
    showList();
  }

  addEventListener('keydown', escape);
  addEventListener('storage', elsewhere);
  show();
  return () => {
    abort?.abort();
    removeEventListener('keydown', escape);
    removeEventListener('storage', elsewhere);
  };
}
