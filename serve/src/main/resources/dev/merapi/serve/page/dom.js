// Elements made of parts. Texts become text nodes, never markup.

/** el('p.note', {id: 'x', onclick: f}, 'text', child): an element with classes, attributes, listeners, children. */
export function el(kind, attributes = {}, ...children) {
  const [tag, ...classes] = kind.split('.');
  return filled(document.createElement(tag), classes, attributes, children);
}

/** The same in SVG. */
export function svg(kind, attributes = {}, ...children) {
  const [tag, ...classes] = kind.split('.');
  return filled(document.createElementNS('http://www.w3.org/2000/svg', tag), classes, attributes, children);
}

function filled(made, classes, attributes, children) {
  if (classes.length) made.classList.add(...classes);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, '');
    else if (value !== false && value != null) made.setAttribute(name, value);
  }
  made.append(...children.flat().filter(child => child != null));
  return made;
}

/** A button with words, which a listener follows. */
export function button(words, onclick, attributes = {}) {
  return el('button', { type: 'button', onclick, ...attributes }, words);
}

/** A field under its name. */
export function field(name, input, note) {
  return el('label.field', {}, el('span', {}, name), input, note ? el('small', {}, note) : null);
}

export function number(value) {
  if (typeof value !== 'number') return String(value);
  if (Number.isInteger(value) && Math.abs(value) < 1e9) return String(value);
  const size = Math.abs(value);
  return size >= 1e5 || size < 1e-3 ? value.toExponential(2) : String(+value.toPrecision(4));
}

export const percent = share => (100 * share).toFixed(1) + ' %';

export function bytes(count) {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let unit = 0;
  for (; count >= 1000 && unit < units.length - 1; unit++) count /= 1000;
  return (unit && count < 10 ? count.toFixed(1) : Math.round(count)) + ' ' + units[unit];
}

export function ago(time) {
  const seconds = Math.max(0, (Date.now() - time) / 1000);
  if (seconds < 10) return 'now';
  for (const [unit, length] of [['day', 86400], ['hour', 3600], ['minute', 60], ['second', 1]]) {
    const count = Math.floor(seconds / length);
    if (count >= 1) return `${count} ${unit}${count > 1 ? 's' : ''} ago`;
  }
}

export function duration(seconds) {
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, Math.round(seconds % 60)];
  return h ? `${h} h ${m} min` : m ? `${m} min ${s} s` : `${seconds < 10 ? seconds.toFixed(1) : s} s`;
}
