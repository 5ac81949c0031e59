// What runs have measured, fetched as it grows, and the charts of it.

import { json, query } from './api.js';
import { chart, smoothed } from './chart.js';

const NOT_DRAWN = new Set(['epoch', 'step', 'seconds', 'steps_per_second', 'waiting']);
const BY_STEP = ['loss', 'learning_rate', 'gradient_norm'];

export const words = name => name.replaceAll('_', ' ');

/** The rows of a run: those of epochs, and those of every tenth step. */
export class RunRows {
  epochs = [];
  steps = [];
  #from = '';

  constructor(run) { this.run = run; }

  /** Fetches what is new; tells whether something was. */
  async update() {
    for (let news = false;;) {
      const part = await json(query('runs/metrics', { run: this.run, from: this.#from }));
      if (part.anew && (this.epochs.length || this.steps.length)) {
        this.epochs = [];
        this.steps = [];
        news = true;
      }
      this.#from = part.next;
      news ||= part.rows.length > 0;
      for (const row of part.rows) ('seconds' in row ? this.epochs : this.steps).push(row);
      if (!part.more) return news;
    }
  }

  /** The best epoch of a metric. */
  best(metric) {
    const known = this.epochs.filter(row => typeof row[metric] === 'number');
    const better = LOW.test(metric) ? (a, b) => a[metric] < b[metric] : (a, b) => a[metric] > b[metric];
    return known.reduce((best, row) => best && !better(row, best) ? best : row, null);
  }

  get metrics() {
    const names = new Set(this.epochs.flatMap(Object.keys));
    return [...names].filter(name => !NOT_DRAWN.has(name) && name !== 'learning_rate');
  }
}

const LOW = /loss|error|perplexity|(^|_)(wer|cer|ter|mae|mse|rmse|mase|smape|crps|eer)(_|$)/;
const HIGH = /accuracy|f1|auc|precision|recall|bleu|chrf|rouge|(^|_)(return|map|iou|miou|r2|mrr|ndcg|hit|hits|top|score)(_|$)/;

/** Whether a metric's name tells which of two values is the better one. */
export const isJudged = metric => LOW.test(metric) || HIGH.test(metric);

/** Charts that are made as metrics come up, in the element. */
export class Charts {
  #charts = new Map();

  constructor(node) { this.node = node; }

  /**
   * Draws runs.
   *
   * @param runs each {rows, name, hue}
   * @param options x: 'epoch', 'step' or 'time'; log; smooth: from 0 to 1
   */
  show(runs, { x, log, smooth }) {
    const shown = new Set();
    const draw = (title, xName, lines, logs) => {
      shown.add(title);
      if (!this.#charts.has(title)) {
        const made = chart(title);
        this.#charts.set(title, made);
        this.node.append(made.node);
      }
      this.#charts.get(title).show(lines, { xName, log: logs });
    };
    const metrics = [...new Set(runs.flatMap(run => run.rows.metrics))].filter(name => !/loss$/.test(name));
    draw('loss', x, runs.flatMap(run => [{ ...line(run, 'loss', x), name: run.name + ' test' },
      { ...line(run, 'train_loss', x), name: run.name + ' training', dashed: true }]), log);
    for (const metric of metrics) draw(words(metric), x, runs.map(run => line(run, metric, x)), false);
    for (const metric of BY_STEP) {
      const title = metric === 'loss' ? 'training loss of steps' : words(metric);
      draw(title, 'step', runs.flatMap(run => steps(run, metric, smooth)), log && metric !== 'learning_rate');
    }
    for (const [title, { node }] of this.#charts) if (!shown.has(title)) node.hidden = true;
  }
}

function line(run, metric, x) {
  let seconds = 0;
  const points = run.rows.epochs.map(row => {
    seconds += row.seconds;
    return [x === 'epoch' ? row.epoch : x === 'step' ? row.step : seconds, row[metric]];
  });
  return { name: run.name, hue: run.hue, points: points.filter(([, y]) => typeof y === 'number') };
}

/** A curve; where it is smoothed, over the faint one that was measured. */
function steps(run, metric, smooth) {
  const points = run.rows.steps.filter(row => typeof row[metric] === 'number').map(row => [row.step, row[metric]]);
  const made = { name: run.name, hue: run.hue, points };
  if (!smooth || metric === 'learning_rate') return [made];
  return [{ ...made, faint: true }, { ...made, points: smoothed(points, smooth) }];
}
