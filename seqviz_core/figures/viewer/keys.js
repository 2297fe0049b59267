// The keyboard: the letters are one tab stop, every map that can be asked another, every button its own.
const HOW = 'Sequence. Arrow keys move, Shift and arrows select, Control C copies; plus, minus and 0 zoom; Page Up and Down pan.';
const HOW_EDIT = ' A, C, G, T, N replace the base; Delete and Backspace delete; Insert switches to inserting; Control Z undoes,' +
  ' Control Y redoes, Control V pastes.';

function setCaret(v, base) {
  v.anchor = null;
  v.rowFocus = null;
  v.caret = base === null ? null : Math.min(Math.max(base, 0), v.seen.letters.length);
  keepInView(v);
  redraw(v);
}

function extendTo(v, base) {
  if (v.anchor === null) v.anchor = v.caret ?? 0;
  v.caret = Math.min(Math.max(base, 0), v.seen.letters.length);
  keepInView(v);
  redraw(v);
}

function keepInView(v) {
  if (v.caret === null) return;
  if (v.caret < v.view.a) panBy(v, v.caret - v.view.a - 2);
  else if (v.caret + 1 > v.view.b) panBy(v, v.caret + 1 - v.view.b + 2);
}

function moveCaret(v, by, extend) {
  if (v.caret === null) return setCaret(v, Math.floor(v.view.a));
  const [from, to] = selection(v);
  if (extend) extendTo(v, v.caret + by);
  else if (to > from && Math.abs(by) === 1) setCaret(v, by < 0 ? from : to);
  else setCaret(v, v.caret + by);
}

function goTo(v, base, extend) { (extend ? extendTo : setCaret)(v, base); }

const zoomKeys = { '+': v => zoomBy(v, 0.5), '=': v => zoomBy(v, 0.5), '-': v => zoomBy(v, 2), '0': v => showAll(v) };
const pageKeys = { PageUp: v => panBy(v, -0.8 * (v.view.b - v.view.a)), PageDown: v => panBy(v, 0.8 * (v.view.b - v.view.a)) };

const moveKeys = {
  ArrowLeft: (v, extend) => moveCaret(v, -1, extend), ArrowRight: (v, extend) => moveCaret(v, 1, extend),
  Home: (v, extend) => goTo(v, 0, extend),
  End: (v, extend) => goTo(v, v.seen.letters.length - (extend ? 0 : 1), extend),
  Escape: v => setCaret(v, v.anchor === null ? null : v.caret),
};
const editKeys = {
  Backspace: v => deleteBases(v, true), Delete: v => deleteBases(v, false), Insert: v => setInsert(v, !v.insert),
};

// What a key does in the row of letters; null for keys that are not ours.
function letterKey(v, event) {
  const { key, shiftKey } = event, edits = v.editable;
  if (event.ctrlKey || event.metaKey) {
    const k = key.toLowerCase();
    if (k === 'a') return () => {
      v.anchor = 0;
      extendTo(v, v.seen.letters.length);
    };
    if (edits && k === 'z') return () => act(v, shiftKey ? 'redo' : 'undo');
    if (edits && k === 'y') return () => act(v, 'redo');
    return null;
  }
  if (event.altKey) return null;
  if (moveKeys[key]) return () => moveKeys[key](v, shiftKey);
  const plain = zoomKeys[key] ?? pageKeys[key] ?? (edits ? editKeys[key] : null);
  if (plain) return () => plain(v);
  if (edits && /^[acgtun]$/i.test(key)) return () => typeBases(v, key.toUpperCase().replace('U', 'T'));
  if (edits && /^[a-z]$/i.test(key)) return () => tell(v, `“${key}” is not a base. Use A, C, G, T, U or N.`);
  return null;
}

function bodyKey(v, event, track) {
  const { key } = event;
  if (event.ctrlKey || event.metaKey || event.altKey || v.still) return null;
  const base = v.caret ?? Math.floor((v.view.a + v.view.b) / 2);
  const at = track.type === 'map' ? rowAt(v, track, cellAt(track, base)) : null;
  const stay = (to, row) => {
    setCaret(v, Math.min(Math.max(to, 0), v.seen.letters.length - 1));
    v.rowFocus = { track: track.id, row };
  };
  if (key === 'ArrowLeft' || key === 'ArrowRight') return () => stay(base + (key === 'ArrowLeft' ? -1 : 1), at);
  if (track.type === 'map' && (key === 'ArrowUp' || key === 'ArrowDown'))
    return () => stay(base, Math.min(Math.max(at + (key === 'ArrowUp' ? -1 : 1), 0), track.numbers.rows - 1));
  if (key === 'Enter' || key === ' ') return () => pickAt(v, { base, track: track.id, row: at });
  const plain = zoomKeys[key] ?? pageKeys[key];
  return plain ? () => plain(v) : null;
}

function listenToKeys(v) {
  const { ui, root } = v;
  root.addEventListener('keydown', event => {
    const target = event.composedPath()[0], body = target.closest?.('.body');
    const track = body === target && body ? v.tracks.find(t => t.id === body.dataset.track) : null;
    const doIt = target === ui.field ? letterKey(v, event) : track ? bodyKey(v, event, track) : null;
    if (!event.ctrlKey && !event.metaKey && !event.altKey) event.stopPropagation();  // Streamlit's own one-letter shortcuts
    if (!doIt) return;
    event.preventDefault();
    v.hover = null;
    v.message = '';
    doIt();
    announce(v);
  });
  ui.field.addEventListener('paste', event => {
    event.preventDefault();
    if (v.editable) paste(v, event.clipboardData.getData('text/plain'));
  });
  for (const kind of ['copy', 'cut']) ui.field.addEventListener(kind, event => {
    const [from, to] = selection(v);
    if (to <= from) return;
    event.clipboardData.setData('text/plain', v.seen.letters.slice(from, to));
    event.preventDefault();
    if (kind === 'cut' && v.editable) deleteBases(v, false);
    else tell(v, `Copied ${count(to - from)} ${to - from === 1 ? 'base' : 'bases'}.`);
  });
  ui.field.addEventListener('focus', () => {
    if (v.caret === null) setCaret(v, Math.floor(v.view.a));
    else redraw(v);
    announce(v);
  });
  ui.field.addEventListener('blur', () => redraw(v));
}
