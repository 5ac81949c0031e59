// What a model is asked with, by its kind: each gives an element, and its value as the server takes it.

import { button, el, field } from './dom.js';
import { record, wav } from './sound.js';

const FEW = 12; // values of a column that are shown as a choice

/** {node, value(), shown}: where a person enters an input of the model, named if there are several. */
export function entry(about, name, changed) {
  switch (about.kind) {
    case 'picture': return file(name ?? 'Picture', 'image/*', picture, changed);
    case 'sound': return file(name ?? 'Recording', 'audio/*', sound, changed);
    case 'row': return row(about.inputs);
    case 'question': return question();
    default: return text(name ?? 'Text');
  }
}

function text(name) {
  const area = el('textarea', { rows: 4, required: true });
  return { node: field(name, area), value: async () => area.value, shown: () => ({ text: area.value }) };
}

function question() {
  const asked = el('input', { name: 'question', required: true });
  const area = el('textarea', { name: 'text', rows: 7, required: true });
  return { node: el('div', {}, field('Question', asked), field('Text with the answer', area)),
    value: async () => ({ question: asked.value, text: area.value }), shown: () => ({ text: area.value }) };
}

// ---- rows of a table

function row(columns) {
  const fields = columns.map(column => [column, cell(column)]);
  const node = el('div.columns', {}, fields.map(([column, input]) => field(column.name, input)),
    columns.filter(isSuggested).map(({ name, parameters }) => el('datalist', { id: 'values-' + name },
      parameters.values.map(value => el('option', { value })))));
  return { node, shown: () => ({}), value: async () => Object.fromEntries(fields
    .filter(([, input]) => input.value !== '') // what is left empty is missing
    .map(([column, input]) => [column.name, typed(column, input.value)])) };
}

function cell({ name, datatype, parameters: { values } = {} }) {
  const choice = options => el('select', { name }, el('option', { value: '' }, '—'),
    options.map(option => el('option', { value: option }, option)));
  if (datatype === 'BOOL') return choice(['true', 'false']);
  if (datatype !== 'BYTES') return el('input', { name, type: 'number', step: 'any', placeholder: '—' });
  if (values && values.length <= FEW) return choice(values);
  return el('input', { name, list: values && 'values-' + name, placeholder: '—' });
}

const isSuggested = ({ parameters }) => parameters?.values?.length > FEW;

function typed({ datatype }, value) {
  return datatype === 'BOOL' ? value === 'true' : datatype === 'BYTES' ? value : +value;
}

// ---- files

/** A place to drop a file in, or to choose one. */
function file(name, accept, shower, changed) {
  let chosen = null;
  const input = el('input', { type: 'file', accept, 'aria-label': name, onchange: () => take(input.files[0]) });
  const preview = el('div.preview');
  const words = el('span', {}, `Drop a ${name.toLowerCase()} here, paste it, or `, el('u', {}, 'choose a file'));
  const zone = el('label.drop', {
    ondragover: event => {
      event.preventDefault();
      zone.classList.add('over');
    },
    ondragleave: () => zone.classList.remove('over'),
    ondrop: event => {
      event.preventDefault();
      zone.classList.remove('over');
      take(event.dataTransfer.files[0]);
    }
  }, words, input);
  const shown = shower(preview, take);
  function take(given) {
    if (!given) return;
    chosen = given;
    shown.show(given);
    changed();
  }
  return { node: el('div.file', {}, zone, shown.tools ?? null, preview), take, accept,
    value: async () => {
      if (!chosen) throw new Error(`${name}: choose a file first.`);
      return asUrl(await shown.ready(chosen));
    },
    isEmpty: () => !chosen,
    shown: () => ({ preview }) };
}

function picture(preview) {
  return {
    show: given => preview.replaceChildren(el('img', { src: URL.createObjectURL(given), alt: given.name })),
    ready: given => given
  };
}

function sound(preview, take) {
  const recording = 'Record';
  let running = null;
  const tool = button(recording, async () => {
    tool.disabled = true;
    try {
      if (running) {
        const done = running;
        running = null;
        take(await done.stop());
      } else running = await record();
      tool.textContent = running ? 'Stop recording' : recording;
    } catch (e) {
      tool.textContent = 'No microphone: ' + e.message;
    } finally {
      tool.disabled = false;
    }
  });
  return {
    show: given => preview.replaceChildren(el('audio', { controls: true, src: URL.createObjectURL(given) })),
    ready: wav,
    tools: navigator.mediaDevices?.getUserMedia && window.MediaRecorder ? tool : null
  };
}

function asUrl(blob) {
  return new Promise((done, fail) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result);
    reader.onerror = () => fail(reader.error);
    reader.readAsDataURL(blob);
  });
}
