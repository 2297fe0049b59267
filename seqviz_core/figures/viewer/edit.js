// Edits show at once and are sent with a number; what the server has not yet answered is laid over every scene that arrives.
// Each message carries all unanswered events, so that none is lost where Streamlit keeps only the last message.
const DIM_AFTER = 150, AGAIN_AFTER = 1500, ZOOM_AFTER = 500;

function send(v, event) {
  if (v.still) return;
  v.seq += 1;
  v.pending.push({ seq: v.seq, event });
  deliver(v);
  if (event.kind !== 'zoom' && !v.dimming) v.dimming = setTimeout(() => v.root.classList.add('waiting'), DIM_AFTER);
}

function deliver(v) {
  v.send({ client: v.client, seq: v.seq, events: v.pending.map(p => p.event) });
}

function answered(v, scene) {
  if (scene.client === v.client) v.pending = v.pending.filter(p => p.seq > scene.ack);
  clearTimeout(v.again);
  if (v.pending.length) v.again = setTimeout(() => { if (v.pending.length) deliver(v); }, AGAIN_AFTER);
  if (!v.pending.some(p => p.event.kind !== 'zoom')) {
    clearTimeout(v.dimming); v.dimming = null;
    v.root.classList.remove('waiting');
  }
}

const waits = v => v.pending.some(p => ['undo', 'redo', 'reset'].includes(p.event.kind));

// What is typed while an undo is on its way waits for it: it is meant for what the visitor sees then.
function whenSettled(v, doIt) {
  if (waits(v)) v.held.push(doIt);
  else doIt();
}

function releaseHeld(v) {
  while (v.held.length && !waits(v)) v.held.shift()();
}

function act(v, kind) {
  const doIt = () => { tell(v, ''); send(v, { kind }); };
  if (v.held.length) v.held.push(doIt);
  else doIt();
}

function edit(v, start, deleted, inserted) {
  const { letters } = v.seen;
  if (letters.slice(start, start + deleted) === inserted) return true;
  if (letters.length - deleted + inserted.length < 1) {
    tell(v, 'The last base cannot be deleted: a sequence needs at least one.');
    return false;
  }
  const event = { kind: 'edit', start, deleted, inserted }, whole = zoomOf(v.view, letters.length) === null;
  v.seen = withEdit(v.seen, event);
  if (whole) v.view = { a: 0, b: v.seen.letters.length };
  send(v, event);
  v.ui.undo.disabled = v.ui.reset.disabled = false;
  redraw(v);
  return true;
}

function selection(v) {
  if (v.anchor === null || v.caret === null) return [v.caret ?? 0, v.caret ?? 0];
  return v.anchor < v.caret ? [v.anchor, v.caret] : [v.caret, v.anchor];
}

function typeBases(v, bases, pasted = false) {
  whenSettled(v, () => {
    if (v.caret === null) setCaret(v, 0);
    const [from, to] = selection(v), length = v.seen.letters.length;
    const over = to > from ? to - from : v.insert ? 0 : Math.min(bases.length, length - from);
    tell(v, '');
    if (edit(v, from, over, bases)) setCaret(v, from + bases.length);
    if (pasted) tell(v, `Pasted ${count(bases.length)} ${bases.length === 1 ? 'base' : 'bases'} at ${count(from + 1)}.`);
  });
}

function deleteBases(v, back) {
  whenSettled(v, () => {
    if (v.caret === null) return;
    const [from, to] = selection(v), start = to > from ? from : back ? from - 1 : from;
    const n = to > from ? to - from : 1;
    if (start < 0 || start >= v.seen.letters.length) return;
    tell(v, '');
    if (edit(v, start, n, '')) setCaret(v, start);
  });
}

function paste(v, text) {
  const bases = basesIn(text), stranger = strangerIn(text);
  if (bases) typeBases(v, bases, true);
  else if (stranger) tell(v, `Nothing was pasted: “${stranger}” is not a base. Use A, C, G, T, U or N.`);
  else tell(v, 'Nothing was pasted: the clipboard holds no bases.');
}

function setInsert(v, insert) {
  v.insert = insert;
  set(v.ui.mode, insert ? 'typing inserts' : 'typing replaces');
  const [now, other] = insert ? ['inserts', 'replacing'] : ['replaces', 'inserting'];
  named(v.ui.mode, `Typing ${now} bases; switch to ${other} (Insert key)`);
  v.ui.mode.setAttribute('aria-pressed', String(insert));
  redraw(v);
}

function fold(v, track) {
  track.open = !track.open;
  send(v, { kind: 'fold', track: track.id });
  patchTracks(v);
  redraw(v, true);
}

function remove(v, track) {
  send(v, { kind: 'remove', track_kind: track.kind });
  v.tracks = v.tracks.filter(t => t.kind !== track.kind);
  patchTracks(v);
  v.ui.field.focus({ preventScroll: true });
  redraw(v, true);
}

function zoomChanged(v) {
  redraw(v);
  clearTimeout(v.zooming);
  v.zooming = setTimeout(() => {
    v.zooming = null;
    const zoom = zoomOf(v.view, v.seen.letters.length), [first, last] = zoom ?? [1, v.seen.letters.length];
    if (JSON.stringify(zoom) === JSON.stringify(v.toldZoom)) return;
    v.toldZoom = zoom;
    send(v, { kind: 'zoom', first, last });
  }, ZOOM_AFTER);
}
