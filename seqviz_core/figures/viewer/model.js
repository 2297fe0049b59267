// Numbers and geometry. Base i (0-based) fills i ... i + 1 on the sequence; a view is the stretch {a, b} of it that is drawn.
const LETTER_PX = 5.6;      // letters are drawn from this width of a base on
const NARROWEST = 10;     // bases, the closest zoom

function unpack(packed) {
  const text = atob(packed.data), bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return { rows: packed.shape.length > 1 ? packed.shape[0] : 1, columns: packed.shape.at(-1), low: packed.low,
           step: packed.step, q: packed.bits === 8 ? bytes : new Uint16Array(bytes.buffer) };
}

function valueOf(numbers, row, column) {
  return numbers.low + numbers.q[row * numbers.columns + column] * numbers.step;
}

// Three figures with a real minus sign, and no digit that is finer than half a step of what was sent.
function shown(value, step = 0, plus = false) {
  const unit = step ? 10 ** Math.ceil(Math.log10(step / 2)) : 0, sent = unit ? Math.round(value / unit) * unit : value;
  const v = Math.abs(value) <= step ? 0 : Number(sent.toPrecision(3));
  return (plus && v > 0 ? '+' : '') + String(v).replace('-', '−');
}

function tidy(value, plus = false) {
  const v = Number(value.toPrecision(2));
  return (plus && v > 0 ? '+' : '') + String(v).replace('-', '−');
}

const count = n => n.toLocaleString('en-US');

// Column c of a track covers first + c * stride ... first + (c + 1) * stride.
function firstEdge([stride, offset, width]) { return offset + (width - stride) / 2; }

// The finest numbers at a base: {numbers, column}, and `position` in the track's own columns; null where it has none.
function cellAt(track, base) {
  for (const { numbers, span, first, bin } of track.layers) {
    const column = Math.floor((base + 0.5 - firstEdge(span)) / span[0]);
    if (column >= 0 && column < numbers.columns)
      return { numbers, column, position: Math.min(first + column * bin + (bin >> 1), (track.columns ?? Infinity) - 1) };
  }
  return null;
}

function strongestRow(numbers, column) {
  let best = 0, size = -1;
  for (let r = 0; r < numbers.rows; r++) {
    const v = Math.abs(valueOf(numbers, r, column));
    if (v > size) { size = v; best = r; }
  }
  return best;
}

function rgb(hex) { return [1, 3, 5].map(i => parseInt(hex.slice(i, i + 2), 16)); }

const scales = new Map();

// 256 colours from low to high, [r, g, b] each, between the theme's equally spaced ones.
function colourScale(theme, signed) {
  const key = theme.name + signed;
  if (!scales.has(key)) {
    const anchors = (signed ? theme.diverging : theme.sequential).map(rgb), last = anchors.length - 1;
    scales.set(key, Array.from({ length: 256 }, (_, i) => {
      const t = i / 255 * last, k = Math.min(Math.floor(t), last - 1);
      return anchors[k].map((c, j) => Math.round(c + (anchors[k + 1][j] - c) * (t - k)));
    }));
  }
  return scales.get(key);
}

function ticks(view, width) {
  const wanted = 74 / width * (view.b - view.a);
  const power = 10 ** Math.floor(Math.log10(wanted));
  const step = Math.max(1, [1, 2, 5, 10].map(k => k * power).find(s => s >= wanted));
  const places = [];
  for (let p = Math.max(1, Math.ceil((view.a + 0.5) / step) * step); p <= view.b + 0.5; p += step) places.push(p);
  if (view.a < 0.5 && places[0] !== 1 && step < 2 * places[0]) places.unshift(1);
  return { step, places };
}

// The view of `span` bases around the place that `share` of the width keeps, inside the sequence.
function viewAround(length, middle, share, span) {
  span = Math.min(Math.max(span, Math.min(NARROWEST, length)), length);
  const a = Math.min(Math.max(middle - share * span, 0), length - span);
  return { a, b: a + span };
}

// First and last base in view, 1-based; null where that is everything.
function zoomOf(view, length) {
  const first = Math.floor(view.a + 1e-6) + 1, last = Math.min(length, Math.ceil(view.b - 1e-6));
  return first <= 1 && last >= length ? null : [first, last];
}

// `places` moved as little as needed to lie `gap` apart, inside low ... high.
function apart(places, gap, low, high) {
  const order = places.map((_, i) => i).sort((i, j) => places[i] - places[j]);
  gap = Math.min(gap, (high - low) / Math.max(places.length - 1, 1));
  const moved = order.map(i => Math.min(Math.max(places[i], low), high));
  for (let i = 1; i < moved.length; i++) moved[i] = Math.max(moved[i], moved[i - 1] + gap);
  if (moved.length) moved[moved.length - 1] = Math.min(moved.at(-1), high);
  for (let i = moved.length - 2; i >= 0; i--) moved[i] = Math.min(moved[i], moved[i + 1] - gap);
  const result = [];
  order.forEach((i, k) => { result[i] = moved[k]; });
  return result;
}
