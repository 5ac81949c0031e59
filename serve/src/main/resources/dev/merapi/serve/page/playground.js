// One input for a model that does not write, and its answer.

import { json } from './api.js';
import { drawn, similarity } from './answers.js';
import { writes } from './chat.js';
import { el } from './dom.js';
import { entry } from './inputs.js';

const KINDS = { picture: 'pictures', sound: 'recordings', row: 'rows of a table', question: 'questions', text: 'texts',
  embedding: 'texts' };
const ANSWERS = { vector: 'Two of them are compared.', classes: 'Answers with classes.',
  entities: 'Marks what is named.', detections: 'Finds things and where they are.' };

/** Shows a model, or the first one. */
export async function playground(view, { models, argument, report }) {
  const askable = models.filter(model => !writes(model));
  const chosen = askable.find(model => model.id === argument) ?? askable[0];
  const about = await json('v2/models/' + encodeURIComponent(chosen.id));
  const select = el('select', { id: 'model', 'aria-label': 'Model', onchange: () => {
    location.hash = '#/try/' + encodeURIComponent(select.value);
  } }, askable.map(model => el('option', { value: model.id, selected: model === chosen }, model.id)));
  const compares = about.answer === 'vector';
  const places = compares ? [entry(about, name(1), changed), entry(about, name(2), changed)]
    : [entry(about, null, changed)];
  const answer = el('section.answer', { 'aria-label': 'Answer', 'aria-live': 'polite' });
  const ask = el('button.main', { type: 'submit' }, compares ? 'Compare' : 'Ask');
  const form = el('form.ask', { 'data-model': chosen.id, onsubmit: asked }, el(compares ? 'div.pair' : 'div', {}, places.map(one => one.node)),
    el('div.bar', {}, ask, about.kind === 'row' ? el('button.quiet', { type: 'reset' }, 'Clear') : null));
  view.append(el('div.play', {}, el('div.bar', {}, el('h1', {}, 'Try'), select),
    el('p.note', {}, `Takes ${KINDS[about.kind] ?? about.kind}. ${ANSWERS[about.answer] ?? ''}`), form, answer));

  function name(place) {
    const one = { picture: 'picture', sound: 'recording' }[about.kind] ?? 'text';
    return `${place === 1 ? 'First' : 'Second'} ${one}`;
  }

  /** A file is asked about as soon as it is there. */
  function changed() {
    if (!places.some(place => place.isEmpty?.())) form.requestSubmit();
  }

  async function asked(event) {
    event.preventDefault();
    report(null);
    ask.disabled = true;
    answer.classList.add('waiting');
    try {
      const inputs = await Promise.all(places.map(place => place.value()));
      const body = compares ? { inputs } : { inputs, top: 5 };
      const { answers } = await json(`v2/models/${encodeURIComponent(chosen.id)}/predict`, body);
      answer.replaceChildren(el('h2', {}, 'Answer'), compares ? similarity(...answers)
        : drawn(answers[0], about, places[0].shown()), source(body, answers));
    } catch (e) {
      answer.replaceChildren();
      report(e);
    } finally {
      ask.disabled = false;
      answer.classList.remove('waiting');
    }
  }

  /** The same for a program. */
  function source(body, answers) {
    const brief = JSON.stringify(body, (_, value) => typeof value === 'string' && value.startsWith('data:')
      ? value.slice(0, 30) + '…' : value);
    const command = `curl ${location.origin}/v2/models/${chosen.id}/predict \\\n  -H 'Content-Type: application/json' \\\n`
      + `  -d '${brief.replaceAll("'", "'\\''")}'`;
    const shorter = (_, value) => Array.isArray(value) && value.length > 50 && typeof value[0] === 'number'
      ? [...value.slice(0, 8), '…'] : value;
    return el('details', {}, el('summary', {}, 'For programs'), el('pre', { tabindex: 0 }, command),
      el('pre', { tabindex: 0 }, JSON.stringify({ answers }, shorter, 1)));
  }

  function pasted(event) {
    const given = event.clipboardData.files[0];
    const place = places.find(one => one.take && one.isEmpty()) ?? places[0];
    if (given && place.take) place.take(given);
  }

  addEventListener('paste', pasted);
  return () => removeEventListener('paste', pasted);
}
