// The page around the canvases: a bar, the sticky ruler and letters, and a header for each track. Text is only ever textContent.
const ICONS = {
  undo: 'M6 3L2.5 6.5L6 10M3 6.5H10A3.5 3.5 0 0 1 10 13.5H6', redo: 'M10 3L13.5 6.5L10 10M13 6.5H6A3.5 3.5 0 0 0 6 13.5H10',
  reset: 'M3 8A5 5 0 1 0 5 4M5 1.5V4.5H8', plus: 'M8 3V13M3 8H13', minus: 'M3 8H13',
  all: 'M1.5 4V12M14.5 4V12M4 8H12M6 6L4 8L6 10M10 6L12 8L10 10',
  up: 'M4 10L8 6L12 10', down: 'M4 6L8 10L12 6', close: 'M4 4L12 12M12 4L4 12',
};

function el(tag, className = '', text = null) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== null) node.textContent = text;
  return node;
}

function button(label, name, act, text = '') {
  const node = el('button', name ? 'icon' : '');
  node.type = 'button';
  node.title = label;
  node.setAttribute('aria-label', label);
  if (name) {
    const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
    svg.setAttribute('viewBox', '0 0 16 16'); svg.setAttribute('aria-hidden', 'true');
    path.setAttribute('d', ICONS[name]);
    svg.append(path); node.append(svg);
  } else node.textContent = text;
  node.addEventListener('click', act);
  return node;
}

function row(className, height) {
  const node = el('div', `row ${className}`), left = el('canvas'), plot = el('canvas', 'plot'), right = el('canvas');
  for (const canvas of [left, plot, right]) canvas.setAttribute('aria-hidden', 'true');
  node.append(left, plot, right);
  return Object.assign(node, { left, plot, right, height });
}

function buildPage(v) {
  const { root } = v, ui = v.ui = {};
  ui.where = el('div', 'where'); ui.values = el('div', 'values'); ui.status = el('div', 'unseen');
  ui.status.setAttribute('role', 'status'); ui.status.setAttribute('aria-live', 'polite');
  ui.undo = button('Undo the last edit (Ctrl+Z)', 'undo', () => act(v, 'undo'));
  ui.redo = button('Redo (Ctrl+Y)', 'redo', () => act(v, 'redo'));
  ui.reset = button('Take back all edits', 'reset', () => act(v, 'reset'));
  ui.edits = el('span', 'group'); ui.edits.append(ui.undo, ui.redo, ui.reset);
  const zoom = el('span', 'group'), save = el('span', 'group'), tools = el('div', 'tools');
  zoom.append(button('Zoom out (−)', 'minus', () => zoomBy(v, 2)), button('Zoom in (+)', 'plus', () => zoomBy(v, 0.5)),
              button('Show all bases (0)', 'all', () => showAll(v)));
  save.append(button('Save the picture as SVG', '', () => saveSvg(v), 'SVG'),
              button('Save the picture as PNG', '', () => savePng(v), 'PNG'));
  tools.setAttribute('role', 'toolbar'); tools.setAttribute('aria-label', 'Edits, zoom and saving');
  tools.append(ui.edits, zoom, save);
  const bar = el('div', 'bar'); bar.append(ui.where, tools);
  ui.ruler = row('ruler', RULER); ui.letters = row('letters', LETTERS);
  ui.field = el('div', 'field'); ui.field.tabIndex = 0; ui.field.setAttribute('role', 'application');
  ui.letters.append(ui.field);
  ui.mode = button('', '', () => setInsert(v, !v.insert), 'replaces');
  ui.mode.className = 'mode'; ui.letters.append(ui.mode);
  ui.marks = [el('div', 'mark'), el('div', 'mark')]; ui.drag = el('div', 'drag');
  ui.top = el('div', 'top'); ui.tracks = el('div', 'tracks');
  const scale = el('div', 'scale'), body = el('div', 'stack');
  scale.append(ui.ruler, ui.letters, ui.marks[0], ui.drag); body.append(ui.tracks, ui.marks[1]);
  ui.top.append(bar, ui.values, scale);
  root.replaceChildren(ui.top, body, ui.status);
}

function makeTrack(v, id) {
  const node = el('div', 'track'), head = el('div', 'head'), sub = el('div', 'sub'), body = row('body', 0);
  const parts = { node, head, sub, body, chip: el('span', 'chip'), dot: el('i'), model: el('span'), title: el('h3'),
                  badge: el('span', 'badge'), said: el('div', 'line'), meant: el('div', 'line'), says: el('span', 'says'),
                  legend: el('span', 'legend'), value: el('span', 'value'), note: el('span', 'note') };
  const get = () => v.tracks.find(t => t.id === id);
  parts.fold = button('', 'down', () => fold(v, get()));
  parts.up = button('', 'up', () => send(v, { kind: 'move', track_kind: get().kind, by: -1 }));
  parts.down = button('', 'down', () => send(v, { kind: 'move', track_kind: get().kind, by: 1 }));
  parts.remove = button('', 'close', () => remove(v, get()));
  parts.fold.className = 'icon fold';
  parts.buttons = el('span', 'group'); parts.buttons.append(parts.up, parts.down, parts.remove);
  parts.chip.append(parts.dot, parts.model);
  head.append(parts.fold, parts.chip, parts.title, parts.badge, parts.buttons);
  parts.said.append(parts.says); parts.meant.append(parts.legend);
  const lines = el('div', 'lines'); lines.append(parts.said, parts.meant); sub.append(lines);
  node.append(head, sub, body);
  node.setAttribute('role', 'group');
  node.dataset.track = body.dataset.track = id;
  v.watcher.observe(node);
  return parts;
}

const set = (node, text) => { if (node.textContent !== text) node.textContent = text; };

function named(node, label) { node.title = label; node.setAttribute('aria-label', label); }

function fillTrack(v, parts, track, folded) {
  const what = [track.model, track.title || track.symbol].filter(Boolean).join(': '), kind = track.kind.replaceAll('_', ' ');
  parts.head.hidden = !track.title;
  parts.chip.hidden = !track.model;
  parts.dot.style.background = track.chip; set(parts.model, track.model);
  set(parts.title, track.title); parts.title.title = track.title;
  set(parts.badge, track.badge); parts.badge.title = track.badge;
  parts.body.hidden = folded;
  named(parts.fold, `${folded ? 'Open' : 'Fold'} ${what}`);
  parts.fold.setAttribute('aria-expanded', String(!folded));
  named(parts.up, `Move ${kind} up`); named(parts.down, `Move ${kind} down`); named(parts.remove, `Remove ${kind}`);
  parts.buttons.hidden = v.still;
  parts.buttons.classList.toggle('none', track.fixed);
  parts.node.setAttribute('aria-label', what || kind);
  parts.node.classList.toggle('joined', !track.title);
  parts.value.classList.toggle('within', Boolean(track.symbol));
  const { body } = parts, last = fillLines(parts, track, folded), holder = track.symbol ? body : last;
  if (parts.note.parentNode !== last) last.append(parts.note);
  if (parts.value.parentNode !== holder) holder.append(parts.value);
  body.height = track.height; body.style.height = `${track.height}px`;
  fillBody(v, body, track, what);
}

// What the track says, and below it what its colours mean; returns the last of the two lines. Once a track has said something,
// the room for it stays, so that nothing below moves while somebody types.
function fillLines(parts, { says, legend, title }, folded) {
  const { said, meant, sub } = parts;
  set(parts.says, says); parts.says.title = says;
  set(parts.legend, legend); parts.legend.title = legend;
  parts.talks ||= Boolean(says);
  said.hidden = !says;
  meant.hidden = !legend && Boolean(says);
  sub.hidden = folded || !(says || legend || title);
  sub.classList.toggle('two', parts.talks && Boolean(legend));
  return meant.hidden ? said : meant;
}

// A map or line that can be asked more is a tab stop of its own.
function fillBody(v, body, track, what) {
  const picks = !v.still && Boolean(track.probe || track.query !== undefined && track.query !== null);
  body.classList.toggle('picks', picks);
  if (picks) {
    body.tabIndex = 0; body.setAttribute('role', 'application');
    body.setAttribute('aria-label', `${what}. Arrow keys choose ${track.type === 'map' ? 'a row and a base' : 'a base'}, Enter ` +
      (track.type === 'map' ? 'shows the arithmetic.' : 'asks about it.'));
  } else { body.removeAttribute('tabindex'); body.removeAttribute('role'); body.removeAttribute('aria-label'); }
}

// Brings the headers in line with v.tracks; nodes that stay are kept, and so is the focus.
function patchTracks(v) {
  const { ui, nodes } = v, scope = v.root.getRootNode(), focused = scope.activeElement;
  let folded = false, at = null;
  const ids = new Set(v.tracks.map(t => t.id));
  for (const [id, parts] of nodes) if (!ids.has(id)) { v.watcher.unobserve(parts.node); parts.node.remove(); nodes.delete(id); }
  for (const track of v.tracks) {
    if (!nodes.has(track.id)) nodes.set(track.id, makeTrack(v, track.id));
    const parts = nodes.get(track.id), joins = !track.title;
    folded = joins && at ? folded : !track.open;
    parts.folded = folded;
    parts.node.hidden = joins && folded;
    fillTrack(v, parts, track, folded);
    const next = at ? at.nextSibling : ui.tracks.firstChild;
    if (next !== parts.node) ui.tracks.insertBefore(parts.node, next);
    at = parts.node;
  }
  if (focused && v.root.contains(focused) && scope.activeElement !== focused) focused.focus({ preventScroll: true });
  else if (focused && !v.root.contains(focused) && v.hadFocus) ui.field.focus({ preventScroll: true });
}
