// Settings of runs side by side.

import { el } from './dom.js';

/** Keys with dots and their values. */
export function flat(config, before = '') {
  return Object.entries(config).flatMap(([name, value]) => value && typeof value === 'object' && !Array.isArray(value)
    ? flat(value, before + name + '.') : [[before + name, typeof value === 'string' ? value || '""'
      : JSON.stringify(value)]]);
}

/** @param runs each {name, hue, config} */
export function settingsTable(runs, differencesAlone) {
  const maps = runs.map(run => new Map(flat(run.config)));
  const keys = [...new Set(maps.flatMap(map => [...map.keys()]))];
  const differs = key => maps.some(map => map.get(key) !== maps[0].get(key));
  const rows = keys.filter(key => !differencesAlone || differs(key)).map(key => {
    const other = differs(key);
    return el(other ? 'tr.differs' : 'tr', {}, el('th', { scope: 'row' }, key, other ? el('span.hidden', {},
      ' (differs)') : null), maps.map(map => el('td', {}, map.get(key) ?? '—')));
  });
  if (!rows.length) return el('p.note', {}, 'All settings are the same.');
  return el('div.scroll', { tabindex: 0 }, el('table.settings-table', {}, el('thead', {}, el('tr', {},
    el('th', { scope: 'col' }, 'Setting'), runs.map(run => el('th', { scope: 'col' },
      run.hue == null ? null : el(`i.swatch.hue${run.hue}`), run.name)))), el('tbody', {}, rows)));
}
