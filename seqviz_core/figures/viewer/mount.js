// A viewer in an element: what it holds, how a scene gets in, and when it is painted.
const GUTTER = { left: 168, right: 58, narrow: 104, narrowRight: 46 };

function geometry(v) {
  const width = v.width, narrow = width < 800, left = narrow ? GUTTER.narrow : GUTTER.left;
  const right = narrow ? GUTTER.narrowRight : GUTTER.right, w = Math.max(width - left - right, 60);
  return { left, right, w, view: v.view, scale: w / (v.view.b - v.view.a) };
}

// `send` takes messages for the server; without it the viewer stands still: nothing in it can be changed.
function mount(root, send) {
  const v = {
    root, send, still: !send, editable: false, scene: null, seen: null, tracks: [], view: { a: 0, b: 1 }, toldZoom: null,
    client: Math.random().toString(36).slice(2), seq: 0, pending: [], held: [],
    caret: null, anchor: null, insert: false, hover: null, rowFocus: null, drag: null, fingers: new Map(), message: '',
    nodes: new Map(), hidden: new Set(), painted: new Map(), tasks: new Set(), width: root.clientWidth, timings: {},
  };
  root.viewer = v;
  v.watcher = new IntersectionObserver(entries => entries.forEach(entry => {
    const { track } = entry.target.dataset;
    if (entry.isIntersecting) { v.hidden.delete(track); later(v, paintTracks); } else v.hidden.add(track);
  }), { rootMargin: '300px' });
  buildPage(v);
  listenToPointer(v);
  listenToKeys(v);
  v.sizes = new ResizeObserver(() => { if (root.clientWidth !== v.width) { v.width = root.clientWidth; redraw(v, true); } });
  v.sizes.observe(root);
  root.addEventListener('focusin', () => { v.hadFocus = true; });
  root.addEventListener('focusout', () => { v.hadFocus = false; });
  document.fonts.ready.then(() => redraw(v, true));
  v.update = scene => update(v, scene);
  v.destroy = () => {
    v.watcher.disconnect(); v.sizes.disconnect();
    for (const timer of [v.again, v.dimming, v.zooming, v.speaking, v.forgetting]) clearTimeout(timer);
    cancelAnimationFrame(v.frame);
  };
  return v;
}

// A scene of its own in a page without a server.
function mountAlone(host, style, scene) {
  const shadow = host.attachShadow({ mode: 'open' }), sheet = el('style'), root = el('div', 'seqviz alone');
  sheet.textContent = style;
  shadow.append(sheet, root);
  mount(root, null).update(scene);
}

function update(v, scene) {
  const began = performance.now(), known = s => s.reference || s.sequence;
  const other = !v.scene || known(v.scene) !== known(scene);
  const before = v.seen?.letters.length ?? 0, whole = !before || zoomOf(v.view, before) === null;
  v.scene = scene;
  v.still = !v.send; v.editable = Boolean(v.send) && scene.editable;
  answered(v, scene);
  v.seen = v.pending.filter(p => p.event.kind === 'edit').reduce((seen, p) => withEdit(seen, p.event), seenOf(scene));
  v.tracks = scene.tracks.map(track => decoded(v, track));
  overlayPending(v);
  const length = v.seen.letters.length;
  if (other) { v.caret = v.anchor = v.hover = null; v.held = []; }
  if (v.caret !== null) v.caret = Math.min(v.caret, length);
  if (v.anchor !== null) v.anchor = Math.min(v.anchor, length);
  adoptView(v, scene, whole || other, length);
  dress(v);
  patchTracks(v);
  v.timings.update = performance.now() - began;
  redraw(v, true);
  releaseHeld(v);
}

function decoded(v, track) {
  const known = v.tracks.find(t => t.id === track.id), { values, first = 0, bin = 1, span, detail } = track;
  const fresh = { query: null, channels: [], ...track };
  const kept = known && String(known.scale) === String(track.scale) && known.signed === track.signed ? known.layers : [];
  fresh.layers = [detail, values && { values, first, bin, span }].filter(Boolean).map(layer => {
    const same = kept.find(k => alike(k.values, layer.values));
    return { ...layer, numbers: same?.numbers ?? unpack(layer.values), images: same?.images ?? new Map() };
  });
  fresh.numbers = fresh.layers.at(-1)?.numbers;
  fresh.motifs = (track.logos ?? []).map(logo =>
    logo && { columns: logo[0], heights: Uint8Array.from(atob(logo[1]), c => c.charCodeAt(0)) });
  return fresh;
}

function alike(one, two) {
  return one.data === two.data && one.low === two.low && one.step === two.step && String(one.shape) === String(two.shape);
}

// What was asked for and not yet answered shows already.
function overlayPending(v) {
  for (const { event } of v.pending) {
    if (event.kind === 'fold') for (const track of v.tracks) if (track.id === event.track) track.open = !track.open;
    if (event.kind === 'remove') v.tracks = v.tracks.filter(track => track.kind !== event.track_kind);
  }
}

function adoptView(v, scene, whole, length) {
  const mine = v.zooming || v.pending.some(p => p.event.kind === 'zoom');
  if (!mine && JSON.stringify(scene.zoom) !== JSON.stringify(v.toldZoom) || whole && !mine) {
    v.toldZoom = scene.zoom;
    v.view = scene.zoom ? { a: scene.zoom[0] - 1, b: scene.zoom[1] } : { a: 0, b: length };
  }
  v.view = viewAround(length, v.view.a, 0, v.view.b - v.view.a);
}

// Colours and labels that belong to the whole page.
function dress(v) {
  const { root, ui, scene } = v, theme = v.theme = THEMES[scene.theme];
  for (const name of ['page', 'text', 'muted', 'grid', 'zero', 'truth']) root.style.setProperty(`--${name}`, theme[name]);
  root.style.setProperty('--font', FONT);
  v.accent = getComputedStyle(root).getPropertyValue('--st-primary-color').trim() || theme.lines[1];
  root.style.setProperty('--accent', v.accent);
  ui.field.setAttribute('aria-label', HOW + (v.editable ? HOW_EDIT : ''));
  ui.edits.hidden = ui.mode.hidden = !v.editable;
  const [made, undone] = scene.steps ?? [1, 1], ahead = v.pending.some(p => p.event.kind === 'edit');
  ui.undo.disabled = ui.reset.disabled = !made && !ahead;
  ui.redo.disabled = !undone || ahead;
  if (!ui.mode.hasAttribute('aria-pressed')) setInsert(v, false);
}

// Collects work for the next frame; each kind of work is done once.
function later(v, task) {
  v.tasks.add(task);
  v.frame ??= requestAnimationFrame(() => {
    const tasks = [...v.tasks];
    v.tasks.clear(); v.frame = null;
    for (const each of tasks) each(v);
  });
}

function redraw(v, everything = false) {
  if (!v.scene) return;
  if (everything) v.painted.clear();
  v.stamp = (v.stamp ?? 0) + 1;
  later(v, paintTop);
  later(v, paintTracks);
  later(v, placeCursor);
}

function sheet(canvas, w, h) {
  const density = window.devicePixelRatio || 1, [pw, ph] = [Math.round(w * density), Math.round(h * density)];
  if (canvas.width !== pw || canvas.height !== ph) {
    canvas.width = pw; canvas.height = ph;
    canvas.style.width = `${w}px`; canvas.style.height = `${h}px`;
  }
  const context = canvas.getContext('2d');
  context.setTransform(density, 0, 0, density, 0, 0);
  context.clearRect(0, 0, w, h);
  return canvasPen(context);
}

function paintTop(v) {
  const { ui, theme, seen } = v, { view, scale, w, left, right } = geometry(v);
  const place = { view, scale, w, theme, density: window.devicePixelRatio || 1, sequence: seen.letters };
  rulerNames(sheet(ui.ruler.left, left, RULER), left, theme);
  drawRuler(sheet(ui.ruler.plot, w, RULER), { ...place, h: RULER }, seen.letters.length);
  const [from, to] = selection(v), focused = v.root.getRootNode().activeElement === ui.field;
  const marks = { caret: v.caret, from, to, insert: v.insert, focused, accent: v.accent, query: v.scene.query,
                  sees: v.scene.sees ?? null };
  drawLetters(sheet(ui.letters.plot, w, LETTERS), { ...place, h: LETTERS }, seen, marks);
  sheet(ui.ruler.right, right, RULER);
  sheet(ui.letters.left, left, LETTERS);
  sheet(ui.letters.right, right, LETTERS);
  Object.assign(ui.field.style, { left: `${left}px`, width: `${w}px` });
}

function paintTracks(v) {
  const began = performance.now(), { view, scale, w, left, right } = geometry(v);
  const { theme } = v, density = window.devicePixelRatio || 1;
  for (const track of v.tracks) {
    const { folded, body, note } = v.nodes.get(track.id), last = v.painted.get(track.id), h = track.height;
    if (folded || v.hidden.has(track.id) || last === v.stamp) continue;
    if (last === undefined) {
      drawLeft(sheet(body.left, left, h), track, left, h, theme);
      drawRight(sheet(body.right, right, h), track, right, h, theme);
    }
    const place = { view, scale, w, h, theme, density, sequence: v.scene.sequence };
    drawTrack(sheet(body.plot, w, h), track, place, v.scene.bands);
    set(note, sharedNote(track, view, w * density, h * density, scale));
    v.painted.set(track.id, v.stamp);
  }
  v.root.dataset.drawn = v.scene.client === v.client ? v.scene.ack : 0;  // the last event whose answer is on the canvases
  v.timings.paint = performance.now() - began;
}
