// Code with its words, texts, numbers and comments told apart: a glance at any language, a grammar of none.

const WORDS = new Set(('abstract and as async await boolean break byte case catch char class const continue def default'
  + ' del do double elif else enum except export extends false False final finally float fn for from func function if'
  + ' implements import in instanceof int interface is lambda let long match mut new nil None not null of or package'
  + ' pass private protected pub public raise record return sealed self short static struct super switch this throw'
  + ' throws true True try type undefined use var void volatile while with yield SELECT FROM WHERE JOIN GROUP ORDER BY'
  + ' INSERT INTO UPDATE DELETE CREATE TABLE AND OR NOT').split(' '));
const HASHES = /^(py|python|sh|bash|shell|zsh|ruby|rb|yaml|yml|toml|r|perl|make|makefile|dockerfile|ini|conf)$/i;
const LONGEST = 20_000; // characters: more are shown as they are

/** Fills an element with code. */
export function highlight(parent, code, language) {
  if (code.length > LONGEST || /^(te?xt|plain)?$/i.test(language)) return parent.append(code);
  const hash = HASHES.test(language) ? '#[^\\n]*|' : '';
  // what is open at the end runs to the end, so that no letter is looked at twice
  const pattern = new RegExp(`(${hash}\\/\\/[^\\n]*|\\/\\*[^]*?(?:\\*\\/|$)|<!--[^]*?(?:-->|$))`
    + '|("(?:\\\\.|[^"\\\\\\n])*"?|\'(?:\\\\.|[^\'\\\\\\n])*\'?|`(?:\\\\.|[^`\\\\])*`?)'
    + '|(\\b\\d[\\w.]*)|([A-Za-z_]\\w*)', 'g');
  let end = 0;
  for (const found of code.matchAll(pattern)) {
    const kind = found[1] ? 'comment' : found[2] ? 'string' : found[3] ? 'number' : WORDS.has(found[4]) ? 'word' : '';
    if (!kind) continue;
    parent.append(code.slice(end, found.index));
    const part = document.createElement('span');
    part.className = 'code-' + kind;
    part.textContent = found[0];
    parent.append(part);
    end = found.index + found[0].length;
  }
  parent.append(code.slice(end));
}
