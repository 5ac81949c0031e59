// Which class was taken for which.

import { el, number, percent } from './dom.js';

const MOST = 60; // classes of a matrix that is drawn
const NUMBERED = 20; // classes up to which numbers stand in the cells
const WORST = 5;

/** @param counts counts[t][p] examples of class t taken for class p */
export function confusionMatrix({ labels, confusion: counts }) {
  const total = counts.map(row => row.reduce((a, b) => a + b, 0));
  const taken = labels.map((_, p) => counts.reduce((sum, row) => sum + row[p], 0));
  const parts = [el('h2', {}, 'Confusion'), el('p.note', {},
    'Each row is a class of the test set, each column what it was taken for.')];
  if (labels.length <= MOST) parts.push(matrix(labels, counts, total, taken));
  const wrong = counts.flatMap((row, t) => row.map((count, p) => ({ t, p, count })))
    .filter(({ t, p, count }) => t !== p && count).toSorted((a, b) => b.count - a.count).slice(0, WORST);
  if (wrong.length) {
    parts.push(el('h3', {}, 'Mistaken most often'), el('ol', {}, wrong.map(({ t, p, count }) => el('li', {},
      `${labels[t]} for ${labels[p]}: ${number(count)} of ${number(total[t])}`))));
  }
  return el('section.confusion', { 'aria-label': 'Confusion' }, parts);
}

function matrix(labels, counts, total, taken) {
  const share = (part, whole) => whole ? percent(part / whole) : '—';
  const head = el('tr', {}, el('th', { scope: 'col' }, 'is \\ taken for'),
    labels.map(label => el('th.turned', { scope: 'col' }, el('span', {}, label))), el('th', { scope: 'col' }, 'found'));
  const rows = labels.map((label, t) => el('tr', {}, el('th', { scope: 'row' }, label), labels.map((other, p) => {
    const cell = el(t === p ? 'td.right' : 'td', { title: `${label} taken for ${other}: ${counts[t][p]}` },
      labels.length <= NUMBERED || counts[t][p] === 0 ? counts[t][p] ? String(counts[t][p]) : '' : '');
    cell.style.setProperty('--share', total[t] ? counts[t][p] / total[t] : 0);
    return cell;
  }), el('td.note', {}, share(counts[t][t], total[t]))));
  const last = el('tr', {}, el('th', { scope: 'row' }, 'right'),
    labels.map((_, p) => el('td.note', {}, share(counts[p][p], taken[p]))), el('td'));
  return el('div.scroll', { tabindex: 0 }, el(labels.length <= NUMBERED ? 'table.matrix' : 'table.matrix.small', {},
    el('thead', {}, head), el('tbody', {}, rows, labels.length <= NUMBERED ? last : null)));
}
