// Pointer: hover reads, a click picks, a drag pans, selects letters, or (on the ruler) a stretch to zoom to; two fingers zoom.
// Up and down the page still scrolls under a finger: the browser then takes the pointer away (touch-action in the style sheet).
function zoomTo(v, a, b) {
  v.view = viewAround(v.seen.letters.length, (a + b) / 2, 0.5, b - a);
  zoomChanged(v);
}

function zoomBy(v, factor, at = null) {
  const { a, b } = v.view, caret = v.caret !== null && v.caret >= a && v.caret <= b ? v.caret + 0.5 : (a + b) / 2;
  const middle = at ?? caret, share = (middle - a) / (b - a);
  v.view = viewAround(v.seen.letters.length, middle, share, (b - a) * factor);
  zoomChanged(v);
}

function showAll(v) { zoomTo(v, 0, v.seen.letters.length); }

function panBy(v, bases) {
  const span = v.view.b - v.view.a, a = Math.min(Math.max(v.view.a + bases, 0), v.seen.letters.length - span);
  if (a === v.view.a) return;
  v.view = { a, b: a + span };
  zoomChanged(v);
}

// Where a pointer event is: the base (may be a fraction, may lie outside), and the part of the page under it.
function spot(v, event) {
  const box = v.ui.ruler.plot.getBoundingClientRect(), { view, scale } = geometry(v);
  const place = view.a + (event.clientX - box.left) / scale, inside = event.clientX >= box.left && event.clientX <= box.right;
  const target = event.composedPath()[0], part = target.closest?.('.body, .letters, .ruler') ?? null;
  return { place, inside, part, y: event.clientY };
}

function hoverAt(v, event) {
  const { place, inside, part, y } = spot(v, event), base = Math.floor(place);
  if (!inside || base < 0 || base >= v.seen.letters.length) return null;
  const track = part?.dataset.track ?? null;
  return { base, track, row: track ? rowUnder(v, track, y) : null };
}

function rowUnder(v, id, y) {
  const track = v.tracks.find(t => t.id === id);
  if (track?.type !== 'map') return null;
  const box = v.nodes.get(id).body.getBoundingClientRect();
  return Math.min(Math.max(Math.floor((y - box.top) / box.height * track.numbers.rows), 0), track.numbers.rows - 1);
}

function pickAt(v, hover) {
  const track = v.tracks.find(t => t.id === hover.track);
  if (!track || v.still) return;
  if (track.type === 'line' && track.query !== null) return send(v, { kind: 'look', position: hover.base });
  if (!track.probe || track.type === 'sites') return;
  const cell = cellAt(track, hover.base);
  if (!cell) return tell(v, 'This track has no value at that base.');
  const row = track.type === 'map' ? track.channels[hover.row] ?? hover.row : 0;
  send(v, { kind: 'pick', run: track.run, probe: track.probe, row, position: cell.position });
}

function listenToPointer(v) {
  const { root } = v;
  root.addEventListener('pointerdown', event => pressed(v, event));
  root.addEventListener('pointermove', event => {
    if (v.fingers.has(event.pointerId)) v.fingers.set(event.pointerId, [event.clientX, event.clientY]);
    if (v.drag?.kind === 'pinch') return pinched(v);
    if (v.drag?.id === event.pointerId) return dragged(v, event);
    v.hover = hoverAt(v, event);
    later(v, placeCursor);
  });
  root.addEventListener('pointerup', event => released(v, event));
  root.addEventListener('pointercancel', event => released(v, event));
  root.addEventListener('pointerleave', () => { v.hover = null; later(v, placeCursor); });
  root.addEventListener('dblclick', event => {
    const { part, inside } = spot(v, event);
    if (part && inside) showAll(v);
  });
  root.addEventListener('wheel', event => wheeled(v, event), { passive: false });
}

function pressed(v, event) {
  const { part, inside, place } = spot(v, event), { ui } = v;
  if (event.button !== 0 || !part || !inside || event.composedPath()[0].closest('button')) return;
  if (event.isPrimary) {  // the first finger: any other that is still known was lifted unseen
    v.fingers.clear();
    if (v.drag?.kind === 'pinch') endDrag(v);
  }
  if (event.pointerType === 'touch') {
    v.fingers.set(event.pointerId, [event.clientX, event.clientY]);
    if (v.fingers.size === 2) return beginPinch(v);
  }
  if (v.drag?.kind === 'pinch') return;
  const kind = part === ui.ruler ? 'zoom' : part === ui.letters ? 'select' : 'pan';
  v.drag = { kind, x: event.clientX, place, view: v.view, moved: false, id: event.pointerId };
  if (kind !== 'select') return;
  const base = Math.min(Math.max(Math.floor(place), 0), v.seen.letters.length - 1);
  if (event.shiftKey && v.caret !== null) extendTo(v, base >= (v.anchor ?? v.caret) ? base + 1 : base);
  else {
    setCaret(v, base);
    v.drag.base = base;
  }
  tell(v, '');
  ui.field.focus({ preventScroll: true });
  event.preventDefault();
}

function dragged(v, event) {
  const { drag } = v;
  if (Math.abs(event.clientX - drag.x) > 3 && !drag.moved) {
    drag.moved = true;
    v.root.setPointerCapture(drag.id);
  }
  if (!drag.moved) return;
  v.hover = null;
  dragging[drag.kind](v, drag, spot(v, event).place, event);
}

function fingersAt(v) {
  const [[x1, y1], [x2, y2]] = [...v.fingers.values()];
  return { x: (x1 + x2) / 2, apart: Math.max(Math.hypot(x2 - x1, y2 - y1), 12) };
}

function beginPinch(v) {
  const { x, apart } = fingersAt(v), { view, scale } = geometry(v), { left } = v.ui.ruler.plot.getBoundingClientRect();
  endDrag(v);
  v.hover = null;
  v.drag = { kind: 'pinch', apart, middle: view.a + (x - left) / scale, span: view.b - view.a };
}

// What lay between the fingers stays between them.
function pinched(v) {
  const { x, apart } = fingersAt(v), { drag } = v, { left, width } = v.ui.ruler.plot.getBoundingClientRect();
  v.view = viewAround(v.seen.letters.length, drag.middle, (x - left) / width, drag.span * drag.apart / apart);
  zoomChanged(v);
}

const dragging = {
  pan(v, drag, _, event) {
    v.root.classList.add('panning');
    const span = drag.view.b - drag.view.a, moved = (event.clientX - drag.x) / geometry(v).scale;
    const a = Math.min(Math.max(drag.view.a - moved, 0), v.seen.letters.length - span);
    v.view = { a, b: a + span };
    zoomChanged(v);
  },
  zoom(v, drag, place) {
    const { scale, left } = geometry(v);
    const [a, b] = [drag.place, place].sort((p, q) => p - q).map(p => Math.min(Math.max(p, v.view.a), v.view.b));
    Object.assign(v.ui.drag.style, { display: 'block', width: `${(b - a) * scale}px`,
                                     transform: `translateX(${left + (a - v.view.a) * scale}px)` });
  },
  select(v, drag, place) {
    if (drag.base === undefined) return;
    const forward = place > drag.base + 0.5;
    v.anchor = forward ? drag.base : drag.base + 1;
    v.caret = Math.min(Math.max(Math.floor(place) + (forward ? 1 : 0), 0), v.seen.letters.length);
    redraw(v);
  },
};

function endDrag(v) {
  v.drag = null;
  v.root.classList.remove('panning');
  v.ui.drag.style.display = 'none';
}

function released(v, event) {
  const { drag } = v, finger = v.fingers.delete(event.pointerId);
  if (drag?.kind === 'pinch' ? !finger || v.fingers.size > 1 : drag?.id !== event.pointerId) return;
  endDrag(v);
  if (drag.kind === 'pinch') return;
  if (event.type === 'pointercancel') return;
  v.hover = hoverAt(v, event);
  if (drag.kind === 'zoom' && drag.moved) {
    const [a, b] = [drag.place, spot(v, event).place].sort((p, q) => p - q);
    if (b - a > 1) zoomTo(v, Math.max(Math.floor(a), v.view.a), Math.min(Math.ceil(b), v.view.b));
  } else if (drag.kind === 'pan' && !drag.moved && v.hover) {
    setCaret(v, v.hover.base);
    pickAt(v, v.hover);
  }
}

function wheeled(v, event) {
  const { place, inside, part } = spot(v, event), { scale } = geometry(v);
  if (!inside || !part) return;
  const flat = Math.abs(event.deltaX) > Math.abs(event.deltaY) ? event.deltaX : 0;
  const sideways = event.shiftKey ? event.deltaY || event.deltaX : flat;
  if (!event.ctrlKey && !event.metaKey && !sideways) return;
  event.preventDefault();
  const pixels = event.deltaMode === 1 ? 16 : 1, turn = Math.max(-0.7, Math.min(0.7, event.deltaY * pixels * 0.004));
  if (event.ctrlKey || event.metaKey) zoomBy(v, Math.exp(turn), place);
  else panBy(v, sideways * pixels / scale);
}
