// Requests to the server that the page came from.

const KEY = 'merapi.key'; // of this tab alone

export function setKey(key) { sessionStorage.setItem(KEY, key); }

/** What the server answers; an error with its message and status where it refuses. */
export async function call(path, body, signal) {
  const key = sessionStorage.getItem(KEY);
  const response = await fetch(path, {
    signal,
    headers: { ...(key && { Authorization: 'Bearer ' + key }), ...(body && { 'Content-Type': 'application/json' }) },
    ...(body && { method: 'POST', body: JSON.stringify(body) })
  });
  if (response.ok) return response;
  const text = await response.text();
  let message = text || response.statusText;
  try {
    const { error } = JSON.parse(text);
    message = error.message ?? error;
  } catch { /* no JSON: the text says it */ }
  throw Object.assign(new Error(message), { status: response.status });
}

export async function json(path, body, signal) { return (await call(path, body, signal)).json(); }

/** The events of a stream, as objects. */
export async function* events(path, body, signal) {
  const reader = (await call(path, body, signal)).body.pipeThrough(new TextDecoderStream()).getReader();
  for (let rest = '';;) {
    const { value, done } = await reader.read();
    if (done) return;
    const lines = (rest + value).split('\n');
    rest = lines.pop();
    for (const line of lines) {
      if (!line.startsWith('data: {')) continue;
      const event = JSON.parse(line.slice(6));
      if (event.error) throw new Error(event.error.message ?? event.error);
      yield event;
    }
  }
}

export const query = (path, values) => path + '?' + new URLSearchParams(values);

/** Where a browser finds a file of a run: with a key, which pictures and links do not send, in its own memory. */
export async function fileUrl(run, path) {
  const url = query('runs/file', { run, path });
  if (!sessionStorage.getItem(KEY)) return url;
  return URL.createObjectURL(await (await call(url)).blob());
}
