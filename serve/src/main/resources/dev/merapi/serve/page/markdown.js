// Markdown as language models write it. Nodes are made one by one and texts are text nodes: HTML in a text is shown, not
// obeyed. Links lead to the web and to mail alone, and no picture is loaded. Searches are bounded, so that no text takes
// long.

import { el } from './dom.js';
import { highlight } from './code.js';

const DEEPEST = 8; // lists and quotes within each other
const FAR = 2000; // characters between the two ends of a link, or of code
const ITEM = /^( *)([-*+]|\d{1,9}[.)])( +|$)(.*)$/;
const FENCE = /^ {0,3}(`{3,}|~{3,})([^`]*)$/;
const RULE = /^ {0,3}(?:-[ -]*-[ -]*-|\*[ *]*\*[ *]*\*|_[ _]*_[ _]*_)[-*_ ]*$/;

/** The text as a fragment. */
export function markdown(text) {
  const root = document.createDocumentFragment();
  blocks(text.replaceAll('\r\n', '\n').replaceAll('\t', '    ').split('\n'), root, 0);
  return root;
}

function blocks(lines, parent, depth) {
  for (let i = 0; i < lines.length;) {
    if (!lines[i].trim()) i++;
    else i = block(lines, i, parent, depth);
  }
}

/** Adds the block that begins in a line, and returns where the next one may begin. */
function block(lines, i, parent, depth) {
  const line = lines[i];
  const fence = FENCE.exec(line);
  if (fence) return fenced(lines, i, fence, parent);
  const heading = /^ {0,3}(#{1,6}) +(.*)$/.exec(line);
  if (heading) {
    parent.append(inline(el('h' + Math.min(6, heading[1].length + 2)), heading[2].replace(/ #{1,6} *$/, '')));
    return i + 1;
  }
  if (RULE.test(line)) {
    parent.append(el('hr'));
    return i + 1;
  }
  if (depth < DEEPEST && line.trimStart().startsWith('>')) return quote(lines, i, parent, depth);
  if (depth < DEEPEST && ITEM.test(line)) return list(lines, i, parent, depth);
  if (isTable(lines, i)) return table(lines, i, parent);
  let end = i + 1;
  while (end < lines.length && lines[end].trim() && !begins(lines, end)) end++;
  parent.append(inline(el('p'), lines.slice(i, end).map(text => text.trim()).join('\n')));
  return end;
}

/** Whether a line ends the paragraph before it. */
function begins(lines, i) {
  const line = lines[i];
  return FENCE.test(line) || /^ {0,3}#{1,6} /.test(line) || RULE.test(line) || line.trimStart().startsWith('>')
    || ITEM.test(line) || isTable(lines, i);
}

function fenced(lines, i, [, mark, info], parent) {
  let end = i + 1;
  const closes = line => line.trim().startsWith(mark) && !line.trim().replaceAll(mark[0], '');
  while (end < lines.length && !closes(lines[end])) end++;
  const code = lines.slice(i + 1, end).join('\n');
  const language = info.trim().split(' ')[0];
  const shown = el('code');
  highlight(shown, code, language);
  const copy = el('button.quiet', { type: 'button', 'data-copy': '' }, 'Copy');
  parent.append(el('div.code', {}, el('div.code-head', {}, el('span', {}, language || 'text'), copy),
    el('pre', { tabindex: 0 }, shown)));
  return end + 1;
}

function quote(lines, i, parent, depth) {
  let end = i;
  while (end < lines.length && lines[end].trimStart().startsWith('>')) end++;
  const made = el('blockquote');
  blocks(lines.slice(i, end).map(line => line.trimStart().replace(/^> ?/, '')), made, depth + 1);
  parent.append(made);
  return end;
}

function list(lines, i, parent, depth) {
  const first = ITEM.exec(lines[i]);
  const ordered = /\d/.test(first[2]);
  const made = ordered ? el('ol', { start: parseInt(first[2]) }) : el('ul');
  let next = i;
  for (let item = first; item && /\d/.test(item[2]) === ordered && item[1].length < first[1].length + 2;) {
    const inner = item[1].length + item[2].length + 1;
    const body = [item[4]];
    next++;
    while (next < lines.length && belongs(lines, next, inner)) body.push(dedent(lines[next++], inner));
    const li = el('li');
    const loose = body.some((line, at) => !line.trim() && at < body.length - 1);
    const words = body.findIndex(line => ITEM.test(line) || FENCE.test(line));
    if (loose) blocks(body, li, depth + 1);
    else {
      inline(li, body.slice(0, words < 0 ? body.length : words).map(line => line.trim()).join('\n').trim());
      if (words >= 0) blocks(body.slice(words), li, depth + 1);
    }
    made.append(li);
    const after = lines[next]?.trim() ? next : next + 1; // one empty line may lie between items
    item = ITEM.exec(lines[after] ?? '');
    if (item && /\d/.test(item[2]) === ordered && item[1].length < first[1].length + 2) next = after;
  }
  parent.append(made);
  return next;
}

/** Whether a line is of the item whose text begins in this column. */
function belongs(lines, i, column) {
  const indent = lines[i].length - lines[i].trimStart().length;
  if (!lines[i].trim()) return i + 1 < lines.length && lines[i + 1].startsWith('  ');
  return indent >= Math.min(column, 2) || lines[i - 1].trim() && !begins(lines, i);
}

const dedent = (line, column) => line.slice(Math.min(column, line.length - line.trimStart().length));

const cells = line => line.trim().replace(/^\|/, '').replace(/\|$/, '').split('|').map(cell => cell.trim());

function isTable(lines, i) {
  return lines[i].includes('|') && /^[ |:-]+$/.test(lines[i + 1] ?? '') && lines[i + 1].includes('-')
    && cells(lines[i]).length === cells(lines[i + 1]).length;
}

function table(lines, i, parent) {
  const sides = cells(lines[i + 1]).map(cell => cell.endsWith(':') ? cell.startsWith(':') ? 'center' : 'end' : null);
  const row = (line, kind) => el('tr', {}, cells(line).slice(0, sides.length).map((text, at) =>
    inline(el(sides[at] ? `${kind}.${sides[at]}` : kind), text)));
  let end = i + 2;
  while (end < lines.length && lines[end].includes('|')) end++;
  parent.append(el('div.scroll', { tabindex: 0 }, el('table', {}, el('thead', {}, row(lines[i], 'th')),
    el('tbody', {}, lines.slice(i + 2, end).map(line => row(line, 'td'))))));
  return end;
}

// ---- within a line

const MARKS = [['***', 'strong'], ['**', 'strong'], ['__', 'strong'], ['~~', 's'], ['*', 'em'], ['_', 'em']];

/** Fills an element with a text. */
function inline(parent, text, depth = 0) {
  let plain = '';
  const ends = new Map(); // of emphasis, by mark: each is searched for once
  const flush = () => {
    if (plain) parent.append(plain);
    plain = '';
  };
  for (let i = 0; i < text.length;) {
    const found = depth < DEEPEST ? piece(text, i, depth, ends) : null;
    if (!found) plain += text[i++];
    else if (found.text != null) {
      plain += found.text;
      i = found.end;
    } else {
      flush();
      parent.append(found.node);
      i = found.end;
    }
  }
  flush();
  return parent;
}

/** What begins at a place, if it is more than a letter: a node, or a text, and where it ends. */
function piece(text, i, depth, ends) {
  switch (text[i]) {
    case '\n': return { node: el('br'), end: i + 1 };
    case '\\': return /[!-/:-@[-`{-~]/.test(text[i + 1] ?? '') ? { text: text[i + 1], end: i + 2 } : null;
    case '`': return codeSpan(text, i);
    case '[': return link(text, i, depth);
    case '!': return text[i + 1] === '[' ? link(text, i + 1, depth) : null; // a picture is a link to it
    case '<': {
      const br = /^<br *\/?>/.exec(text.slice(i, i + 8));
      return br ? { node: el('br'), end: i + br[0].length } : null;
    }
    case 'h': return bareLink(text, i);
    case '*': case '_': case '~': return emphasis(text, i, depth, ends);
    default: return null;
  }
}

function codeSpan(text, i) {
  let length = 1;
  while (text[i + length] === '`') length++;
  const ticks = '`'.repeat(length);
  const end = text.slice(0, i + FAR).indexOf(ticks, i + length);
  if (end < 0) return { text: ticks, end: i + length };
  return { node: el('code', {}, text.slice(i + length, end).trim()), end: end + length };
}

function emphasis(text, i, depth, ends) {
  for (const [mark, tag] of MARKS) {
    if (!text.startsWith(mark, i) || /\s/.test(text[i + mark.length] ?? ' ')) continue;
    if (mark[0] === '_' && /\w/.test(text[i - 1] ?? '')) continue; // a name like snake_case
    const end = after(ends.get(mark) ?? keep(ends, mark, closings(text, mark)), i + mark.length);
    if (end == null) continue;
    const inner = text.slice(i + mark.length, end);
    const node = mark === '***' ? el(tag, {}, inline(el('em'), inner, depth + 1)) : inline(el(tag), inner, depth + 1);
    return { node, end: end + mark.length };
  }
  return null;
}

/** Where a mark may end an emphasis. */
function closings(text, mark) {
  const places = [];
  for (let end = text.indexOf(mark, 1); end >= 0; end = text.indexOf(mark, end + 1)) {
    if (/\s/.test(text[end - 1])) continue;
    if (mark.length === 1 && (text[end + 1] === mark || text[end - 1] === mark)) continue; // half of a double one
    if (mark[0] === '_' && /\w/.test(text[end + mark.length] ?? '')) continue;
    places.push(end);
  }
  return places;
}

/** The first of sorted places that lies behind one, if there is one. */
function after(places, place) {
  let low = 0, high = places.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (places[middle] > place) high = middle;
    else low = middle + 1;
  }
  return places[low];
}

function keep(map, key, value) {
  map.set(key, value);
  return value;
}

/** The address if it leads to the web or to mail; else null. */
function safe(address) {
  if (!/^(https?:\/\/|mailto:)/i.test(address)) return null;
  try {
    return new URL(address).href;
  } catch {
    return null;
  }
}

function anchor(address) {
  return el('a', { href: address, target: '_blank', rel: 'noopener noreferrer nofollow' });
}

function link(text, i, depth) {
  const far = text.slice(i, i + FAR);
  const found = /^\[((?:[^\[\]\\\n]|\\.)*)\]\(<?([^\s()<>]*(?:\([^\s()<>]*\))?[^\s()<>]*)>?(?: +"[^"\n]*")?\)/.exec(far);
  const address = found && safe(found[2]);
  if (!address) return null;
  return { node: inline(anchor(address), found[1] || found[2], depth + 1), end: i + found[0].length };
}

function bareLink(text, i) {
  if (/\w/.test(text[i - 1] ?? '')) return null;
  const found = /^https?:\/\/[^\s<>"'`*]+/.exec(text.slice(i, i + FAR))?.[0].replace(/[.,;:!?)\]]+$/, '');
  const address = found && safe(found);
  if (!address) return null;
  const made = anchor(address);
  made.append(found);
  return { node: made, end: i + found.length };
}
