// Conversations, kept in this browser alone.

const KEY = 'merapi.talks';
const TITLE = 60; // characters

/** All of them, the newest first: {id, model, title, changed, settings, messages: [{role, content}]}. */
export function all() {
  try {
    const talks = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    return Array.isArray(talks) ? talks.filter(talk => Array.isArray(talk?.messages)) : [];
  } catch {
    return []; // damaged
  }
}

export const find = id => all().find(talk => talk.id === id);

export function create(model, settings) {
  return { id: crypto.randomUUID?.() ?? String(Math.random()), model, title: 'New chat', changed: Date.now(), settings,
    messages: [] };
}

/** Keeps one; where the browser has no room left, those that were not opened for longest go. */
export function save(talk) {
  const first = talk.messages.find(message => message.role === 'user')?.content.trim();
  if (first) talk.title = first.length > TITLE ? first.slice(0, TITLE) + '…' : first;
  talk.changed = Date.now();
  write([talk, ...all().filter(other => other.id !== talk.id)]);
}

export function remove(id) { write(all().filter(talk => talk.id !== id)); }

function write(talks) {
  talks.sort((a, b) => b.changed - a.changed);
  for (;; talks.pop()) {
    try {
      return localStorage.setItem(KEY, JSON.stringify(talks));
    } catch (e) {
      if (talks.length < 2) throw new Error('This browser has no room for the conversation: ' + e.message);
    }
  }
}
