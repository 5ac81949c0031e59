// Curves as SVG, drawn by hand to the size that there is.

import { el, number, svg } from './dom.js';

const HEIGHT = 220;
const LEFT = 52, RIGHT = 12, TOP = 10, BOTTOM = 24; // room for the axes
const MOST = 400; // places along a curve: of more points the lowest and highest of each are drawn

/**
 * A figure. Its lines are set by show(lines, {xName, log}), each {name, hue, dashed, points: [[x, y]]} in order of x. Mouse and
 * arrow keys read values off.
 */
export function chart(title) {
  const drawing = svg('svg', { role: 'img', tabindex: 0 });
  const reading = el('div.reading', { 'aria-live': 'polite', hidden: true });
  const node = el('figure.chart', {}, el('figcaption', {}, title), el('div.plot', {}, drawing, reading));
  const state = { lines: [], xName: '', log: false, scale: null, at: null };
  drawing.addEventListener('pointermove', event => read(toData(event.offsetX)));
  drawing.addEventListener('pointerleave', () => read(null));
  drawing.addEventListener('blur', () => read(null));
  drawing.addEventListener('keydown', event => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const all = [...new Set(state.lines.flatMap(line => line.points.map(([x]) => x)))].sort((a, b) => a - b);
    const now = state.at == null ? -1 : all.indexOf(state.at);
    read(all[Math.max(0, Math.min(all.length - 1, now + step))]);
  });
  new ResizeObserver(draw).observe(drawing);

  const toData = pixel => state.scale && state.scale.fromX(pixel);

  function show(lines, { xName, log = false }) {
    Object.assign(state, { xName, log });
    state.lines = lines.map(line => ({ ...line, points: line.points
      .filter(([x, y]) => Number.isFinite(x) && Number.isFinite(y) && (!log || y > 0)) }))
      .filter(line => line.points.length);
    node.hidden = !state.lines.length;
    drawing.setAttribute('aria-label', `${title} by ${xName}. ` + state.lines.filter(line => !line.faint)
      .map(({ name, points }) => `${name}: ${number(points.at(-1)[1])} at last, from ${number(Math.min(
        ...thinned(points).map(([, y]) => y)))} to ${number(Math.max(...thinned(points).map(([, y]) => y)))}`)
      .join('; '));
    draw();
  }

  function draw() {
    const width = drawing.clientWidth;
    if (!width || !state.lines.length) return;
    drawing.setAttribute('viewBox', `0 0 ${width} ${HEIGHT}`);
    const drawnLines = state.lines.map(line => ({ ...line, points: thinned(line.points) }));
    const scale = state.scale = scales(drawnLines, width, state.log);
    drawing.replaceChildren(...axes(scale, width), ...drawnLines.map(line => svg(
      `path.line.hue${line.hue}` + (line.dashed ? '.dashed' : '') + (line.faint ? '.faint' : ''),
      { d: path(line.points, scale) })), ...drawnLines.filter(line => line.points.length === 1).map(line => svg(
      `circle.dot.hue${line.hue}`, { cx: scale.x(line.points[0][0]), cy: scale.y(line.points[0][1]), r: 3 })),
      svg('line.cursor', { y1: TOP, y2: HEIGHT - BOTTOM, visibility: 'hidden' }));
    if (state.at != null) read(state.at);
  }

  /** Shows what the lines are at an x, or nothing. */
  function read(x) {
    state.at = x;
    const cursor = drawing.querySelector('.cursor');
    reading.hidden = x == null || !cursor;
    cursor?.setAttribute('visibility', reading.hidden ? 'hidden' : 'visible');
    if (reading.hidden) return;
    const near = nearest(state.lines.filter(line => !line.faint), x);
    if (!near) return;
    const pixel = state.scale.x(near.x);
    cursor.setAttribute('x1', pixel);
    cursor.setAttribute('x2', pixel);
    reading.replaceChildren(el('b', {}, `${state.xName} ${number(near.x)}`), ...near.values.map(({ name, hue, y }) =>
      el('span', {}, el(`i.swatch.hue${hue}`), `${name} ${number(y)}`)));
    reading.classList.toggle('left', pixel > drawing.clientWidth / 2);
  }

  return { node, show };
}

/** The lines' values at the known place next to an x. */
function nearest(lines, x) {
  const closest = points => points.reduce((best, point) => Math.abs(point[0] - x) < Math.abs(best[0] - x) ? point : best);
  const all = lines.map(line => ({ ...line, point: closest(line.points) }));
  if (!all.length) return null;
  const at = closest(all.map(line => line.point))[0];
  const values = all.filter(line => line.points[0][0] <= at && line.points.at(-1)[0] >= at)
    .map(({ name, hue, points }) => ({ name, hue, y: points.findLast(([px]) => px <= at)[1] }));
  return { x: at, values };
}

/** Of many points the lowest and highest of each of some hundred parts. */
export function thinned(points) {
  if (points.length <= 2 * MOST) return points;
  const kept = [];
  for (let part = 0; part < MOST; part++) {
    const some = points.slice(Math.floor(part * points.length / MOST), Math.floor((part + 1) * points.length / MOST));
    let low = some[0], high = some[0];
    for (const point of some) {
      if (point[1] < low[1]) low = point;
      if (point[1] > high[1]) high = point;
    }
    kept.push(...(low[0] <= high[0] ? [low, high] : [high, low]));
  }
  return kept;
}

/** Each value drawn to those before it: 0 leaves all as they are, near 1 makes them smooth. */
export function smoothed(points, weight) {
  if (!weight) return points;
  let mean = 0, sum = 0; // of weights, so that the first value counts as itself
  return points.map(([x, y]) => {
    mean = weight * mean + (1 - weight) * y;
    sum = weight * sum + 1 - weight;
    return [x, mean / sum];
  });
}

function scales(lines, width, log) {
  const xs = lines.flatMap(line => [line.points[0][0], line.points.at(-1)[0]]);
  const ys = lines.flatMap(line => line.points.map(([, y]) => log ? Math.log10(y) : y));
  let [x0, x1, y0, y1] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  if (x0 === x1) [x0, x1] = [x0 - 0.5, x1 + 0.5];
  if (y1 - y0 < 1e-12 * Math.abs(y1) || y0 === y1) [y0, y1] = [y0 - (Math.abs(y0) || 1) / 10, y1 + (Math.abs(y1) || 1) / 10];
  else [y0, y1] = [y0 - 0.04 * (y1 - y0), y1 + 0.04 * (y1 - y0)];
  const right = width - RIGHT, low = HEIGHT - BOTTOM;
  return { x0, x1, y0, y1, log,
    x: x => LEFT + (x - x0) / (x1 - x0) * (right - LEFT),
    y: y => low - ((log ? Math.log10(y) : y) - y0) / (y1 - y0) * (low - TOP),
    fromX: pixel => x0 + (pixel - LEFT) / (right - LEFT) * (x1 - x0) };
}

const path = (points, scale) => points.map(([x, y], i) =>
  `${i ? 'L' : 'M'}${scale.x(x).toFixed(1)} ${scale.y(y).toFixed(1)}`).join('');

/** Round numbers within a range, about so many. */
export function ticks(from, to, count) {
  const raw = (to - from) / count, power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map(factor => factor * power).find(one => one >= raw);
  const all = [];
  for (let i = Math.ceil(from / step); i * step <= to + step * 1e-9; i++) all.push(+(i * step).toPrecision(12));
  return all;
}

function axes(scale, width) {
  const whole = Math.max(2, Math.floor(width / 60));
  const across = ticks(scale.x0, scale.x1, whole).map(x => svg('text', { x: scale.x(x), y: HEIGHT - 6,
    'text-anchor': 'middle' }, compact(x)));
  const logs = scale.log ? ticks(scale.y0, scale.y1, 4).map(power => 10 ** power) : ticks(scale.y0, scale.y1, 4);
  const up = logs.flatMap(y => [svg('line.grid', { x1: LEFT, x2: width - RIGHT, y1: scale.y(y), y2: scale.y(y) }),
    svg('text', { x: LEFT - 6, y: scale.y(y) + 4, 'text-anchor': 'end' }, compact(y))]);
  return [...up, ...across];
}

function compact(value) {
  const size = Math.abs(value);
  if (size >= 1e6) return +(value / 1e6).toPrecision(3) + 'M';
  if (size >= 1e4) return +(value / 1e3).toPrecision(3) + 'k';
  return size && size < 1e-3 ? value.toExponential(0) : String(+value.toPrecision(3));
}
