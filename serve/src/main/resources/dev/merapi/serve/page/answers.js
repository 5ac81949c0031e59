// What a model has answered, as a person wants to see it.

import { button, duration, el, number, percent, svg } from './dom.js';

const HUES = 8; // colours of labels

/**
 * @param about what the server says of the model
 * @param shown what was asked: {text, preview}
 */
export function drawn(answer, about, shown) {
  switch (about.answer) {
    case 'classes': return bars(answer.map(({ label, probability }) => [label, probability]));
    case 'entities': return entities(answer, shown.text);
    case 'answers': return spans(answer, shown.text);
    case 'detections': return detections(answer, shown.preview);
    case 'segmentation': return bars(answer.shares.map(({ label, area }) => [label, area]));
    case 'recommendations': return recommendations(answer);
    case 'transcript': case 'spokentext': return transcript(answer, shown.preview);
    case 'audio': return el('audio', { controls: true, src: 'data:audio/wav;base64,' + answer.wav });
    case 'row': return row(answer);
    default: return typeof answer === 'string' ? el('p.plain', {}, answer)
      : el('pre', { tabindex: 0 }, JSON.stringify(answer, null, 1));
  }
}

/** Shares from 0 to 1, each a bar. */
function bars(shares) {
  return el('ol.bars', {}, shares.map(([label, share]) => {
    const bar = el('span.bar', { 'aria-hidden': 'true' }, el('i'));
    bar.firstChild.style.width = 100 * Math.max(0, Math.min(1, share)) + '%';
    return el('li', {}, el('span.label', {}, label), bar, el('span.share', {}, percent(share)));
  }));
}

const hues = new Map(); // of labels, in the order of coming

function hue(label) {
  if (!hues.has(label)) hues.set(label, hues.size % HUES);
  return hues.get(label);
}

/** A text with parts marked: [{start, end, label, probability}], in order. */
function marked(text, parts) {
  const node = el('p.plain.marked');
  let end = 0;
  for (const part of parts.toSorted((a, b) => a.start - b.start)) {
    if (part.start < end) continue; // lies within the one before
    node.append(text.slice(end, part.start), el(`mark.hue${hue(part.label)}`, { title: percent(part.probability) },
      text.slice(part.start, part.end), el('small', {}, part.label)));
    end = part.end;
  }
  node.append(text.slice(end));
  return node;
}

function entities(found, text) {
  return el('div', {}, marked(text, found), found.length ? el('div.scroll', { tabindex: 0 }, el('table', {},
    el('thead', {}, el('tr', {}, ['What', 'Is', 'Sure'].map(head => el('th', { scope: 'col' }, head)))),
    el('tbody', {}, found.map(one => el('tr', {}, el('td', {}, one.text), el('td', {}, one.label),
      el('td.end', {}, percent(one.probability))))))) : el('p.note', {}, 'Nothing is named in this text.'));
}

function spans(found, text) {
  if (!found.length) return el('p.note', {}, 'No answer.');
  return el('div', {}, el('p.big', {}, found[0].text), marked(text, [{ ...found[0], label: 'answer' }]),
    bars(found.map(one => [one.text, one.probability])));
}

/** Boxes over the picture that was asked about. */
function detections(found, preview) {
  const picture = preview.querySelector('img');
  preview.querySelector('svg')?.remove();
  if (picture) {
    const { naturalWidth: width, naturalHeight: height } = picture;
    const over = svg('svg.boxes', { viewBox: `0 0 ${width} ${height}`, 'aria-hidden': 'true' });
    for (const { label, box } of found) {
      over.append(svg(`rect.hue${hue(label)}`, { x: box.left, y: box.top, width: box.right - box.left,
        height: box.bottom - box.top }), svg('text', { x: box.left, y: box.top - height / 100,
        'font-size': Math.max(width, height) / 24 }, label));
    }
    preview.append(over);
  }
  return found.length ? bars(found.map(({ label, score }) => [label, score]))
    : el('p.note', {}, 'Nothing was found.');
}

function recommendations({ items, known }) {
  return el('div', {}, known ? null : el('p.note', {}, 'This user has no history: these are the most popular.'),
    el('ol', {}, items.map(one => el('li', {}, Object.values(one).map(value => typeof value === 'number'
      ? number(value) : value).join(' · ')))));
}

function transcript({ text, segments }, preview) {
  const words = text ?? segments.map(segment => segment.text ?? segment.said).join(' ');
  const player = preview.querySelector('audio');
  const begins = segment => segment.start ?? segment.from;
  return el('div', {}, el('p.big', {}, words || '—'), segments.length > 1 ? el('ol.segments', {},
    segments.map(segment => el('li', {}, button(duration(begins(segment)), () => {
      player.currentTime = begins(segment);
      player.play();
    }, { class: 'quiet', 'aria-label': 'Play from ' + duration(begins(segment)) }), segment.text))) : null);
}

/** Columns that the model adds to a row: what it predicts, and of classes their probabilities. */
function row(values) {
  const names = Object.keys(values);
  const predicted = names.find(name => name.endsWith('_predicted')) ?? names[0];
  const target = predicted.replace(/_predicted$/, '');
  const classes = names.filter(name => name !== predicted && typeof values[name] === 'number')
    .map(name => [name.startsWith(target + '_') ? name.slice(target.length + 1) : name, values[name]])
    .toSorted((a, b) => b[1] - a[1]);
  return el('div', {}, el('p.big', {}, el('span.note', {}, target + ' '), number(values[predicted])),
    classes.length ? bars(classes) : null);
}

/** How alike two vectors are: the cosine of their angle. */
export function similarity(a, b) {
  const dot = (x, y) => x.reduce((sum, value, i) => sum + value * y[i], 0);
  const cosine = dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
  const words = cosine > 0.8 ? 'nearly the same' : cosine > 0.5 ? 'alike' : cosine > 0.2 ? 'a little alike' : 'different';
  const scale = el('div.scale', { role: 'img', 'aria-label': `Similarity ${cosine.toFixed(3)} of 1` }, el('i'));
  scale.firstChild.style.width = 100 * Math.max(0, cosine) + '%';
  return el('div', {}, el('p.big', {}, cosine.toFixed(3), el('span.note', {}, ' ' + words)), scale,
    el('p.note', {}, `The cosine of two vectors of ${a.length} numbers: 1 for the same direction.`));
}
