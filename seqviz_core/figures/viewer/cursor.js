// One cursor through all tracks, and what every track says at its base.
function cursorBase(v) {
  if (v.hover) return v.hover.base;
  return v.anchor !== null && v.caret > v.anchor ? v.caret - 1 : v.caret;
}

function placeCursor(v) {
  const base = cursorBase(v), { view, scale, w, left } = geometry(v), shown = base !== null && base < v.seen.letters.length;
  const x = shown ? (base - view.a) * scale : -1, start = Math.max(x, 0), end = Math.min(x + Math.max(scale, 1.5), w);
  for (const mark of v.ui.marks) {
    mark.style.display = shown && end > start ? '' : 'none';
    mark.style.width = `${end - start}px`;
    mark.style.transform = `translateX(${left + start}px)`;
  }
  readOut(v, shown ? base : null);
}

function rowAt(v, track, cell) {
  const at = v.hover?.track === track.id ? v.hover.row : v.rowFocus?.track === track.id ? v.rowFocus.row : null;
  return at ?? (cell ? strongestRow(cell.numbers, cell.column) : 0);
}

// [name, value with its unit] of a track at a base, or null where it has none there.
function reading(v, track, base) {
  if (track.type === 'sites') {
    const here = track.sites.filter(([, start, end]) => start <= base && base < end);
    return here.length ? ['site', here.map(([name, , , strand]) => `${name} ${strand}`).join(', ')] : null;
  }
  const cell = cellAt(track, base);
  if (!cell) return null;
  const { numbers, column } = cell;
  const said = row => shown(valueOf(numbers, row, column), numbers.step, track.type === 'logo');
  if (track.type === 'map') {
    const row = rowAt(v, track, cell), name = Array.isArray(track.rows) ? track.rows[row] : `${track.rows} ${row}`;
    return track.symbol ? [`${track.symbol}, ${name}`, said(row)] : [name, `${said(row)} ${track.unit}`];
  }
  const kind = track.kind.replaceAll('_', ' ');
  if (numbers.rows === 1) return [track.names?.[0] || kind, `${said(0)} ${track.unit}`.trim()];
  const values = Array.from({ length: numbers.rows }, (_, r) => `${track.names[r] ?? r} ${said(r)}`);
  return ['', `${values.join(', ')} ${track.unit}`.trim()];
}

function whereText(v, base) {
  const { seen, scene } = v, letter = seen.letters[base], strand = scene.strand === '-' ? '−' : '+';
  let text = `${letter} ${count(base + 1)} of ${count(seen.letters.length)}, ${strand} strand`;
  if (seen.changed.length || seen.deleted.length) {
    const from = seen.source[base];
    text += from === undefined || from < 0 ? '; inserted' : `; reference ${seen.reference[from] ?? ''} ${count(from + 1)}`;
  }
  return text;
}

function rangeText(v) {
  const [from, to] = selection(v);
  return to > from + 1 ? `Bases ${count(from + 1)} to ${count(to)} selected (${count(to - from)})` : '';
}

const RESTING = 'Point at a base to read every track there.';
const RESTING_EDIT = 'Point at a base to read every track there; click a letter and type to change it.';

function readOut(v, base) {
  const { ui } = v;
  const rest = v.editable ? RESTING_EDIT : RESTING;
  set(ui.where, v.message || (v.hover ? '' : rangeText(v)) || (base === null ? rest : whereText(v, base)));
  ui.where.classList.toggle('told', Boolean(v.message));
  ui.where.classList.toggle('resting', base === null && !v.message);
  const said = [];
  for (const track of v.tracks) {
    const parts = v.nodes.get(track.id), read = base === null ? null : reading(v, track, base);
    if (read) said.push([track, read]);
    const [name, value] = read ?? ['', ''], short = track.symbol ? value : `${name} ${value}`.trim();
    if (parts) set(parts.value, read ? short : '');
  }
  said.sort((p, q) => (q[0].id === v.hover?.track) - (p[0].id === v.hover?.track));
  ui.values.replaceChildren(...said.map(([track, [name, value]]) => {
    const item = el('span', 'item'), dot = el('i');
    dot.style.background = track.chip || 'transparent';
    if (track.model) item.append(dot, el('span', '', `${track.model} `));
    if (name) item.append(el('span', 'what', `${name} `));
    item.append(el('b', '', value));
    return item;
  }));
}

// Says the cursor's base aloud after a key, once the keys rest.
function announce(v) {
  clearTimeout(v.speaking);
  v.speaking = setTimeout(() => {
    const base = cursorBase(v);
    set(v.ui.status, v.message || (base === null || base >= v.seen.letters.length ? '' :
      `${whereText(v, base)}. ${[...v.ui.values.children].map(item => item.textContent).join('; ')}`));
  }, 250);
}

function tell(v, sentence) {
  v.message = sentence;
  clearTimeout(v.forgetting);
  if (sentence) v.forgetting = setTimeout(() => { v.message = ''; placeCursor(v); }, 8000);
  placeCursor(v);
  if (sentence) announce(v);
}
