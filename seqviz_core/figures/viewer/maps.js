// Heatmaps as images of one pixel a cell, made once and stretched on the screen. Where several cells share a pixel, the image
// holds the one of largest absolute size: a lone peak never vanishes.
const KEPT_IMAGES = 4;

// How many columns and rows share a pixel of `width` x `height` real pixels.
function sharing({ span, numbers }, view, width, height) {
  const across = (view.b - view.a) / span[0] / width;
  return [Math.max(1, Math.ceil(across - 1e-9)), Math.max(1, Math.ceil(numbers.rows / height - 1e-9))];
}

function mapImage(track, layer, theme, columns, rows) {
  const key = `${theme.name} ${columns} ${rows}`, { images } = layer;
  if (!images.has(key)) {
    if (images.size >= KEPT_IMAGES) images.delete(images.keys().next().value);
    images.set(key, painted(track, layer.numbers, theme, columns, rows));
  }
  return images.get(key);
}

function painted({ scale: [from, to], signed }, { rows, columns, low, step, q }, theme, across, down) {
  const canvas = document.createElement('canvas');
  const w = canvas.width = Math.ceil(columns / across), h = canvas.height = Math.ceil(rows / down);
  const context = canvas.getContext('2d'), picture = context.createImageData(w, h);
  const pixels = new Uint32Array(picture.data.buffer), colours = colourWords(theme, signed);
  const scaled = 255 / (to - from), slope = step * scaled, start = (low - from) * scaled + 0.5;
  const single = across === 1 && down === 1;
  for (let y = 0, at = 0; y < h; y++) for (let x = 0; x < w; x++, at++) {
    const level = single ? q[at] : largest(q, columns, rows, low, step, x * across, y * down, across, down);
    const k = slope * level + start;
    pixels[at] = colours[k < 0 ? 0 : k > 255 ? 255 : k | 0];
  }
  context.putImageData(picture, 0, 0);
  return canvas;
}

function largest(q, columns, rows, low, step, x, y, across, down) {
  let best = 0, size = -1;
  for (let r = y, last = Math.min(y + down, rows); r < last; r++)
    for (let c = x, end = Math.min(x + across, columns); c < end; c++) {
      const level = q[r * columns + c], v = Math.abs(low + level * step);
      if (v > size) { size = v; best = level; }
    }
  return best;
}

const words = new Map();

function colourWords(theme, signed) {
  const key = theme.name + signed;
  if (!words.has(key))
    words.set(key, Uint32Array.from(colourScale(theme, signed), ([r, g, b]) => (255 << 24 | b << 16 | g << 8 | r) >>> 0));
  return words.get(key);
}

function drawMap(pen, track, place) {
  const hidden = covering(track, place.view);  // a layer that covers the view hides the coarser ones after it
  for (let i = hidden; i >= 0; i--) drawLayer(pen, track, track.layers[i], place);
}

// The first, finest layer that covers all of the view, or the last.
function covering({ layers }, view) {
  const covers = ({ numbers, span }) => firstEdge(span) <= view.a && firstEdge(span) + numbers.columns * span[0] >= view.b;
  const found = layers.findIndex(covers);
  return found < 0 ? layers.length - 1 : found;
}

function drawLayer(pen, track, layer, { view, scale, w, h, theme, density }) {
  const [across, down] = sharing(layer, view, w * density, h * density);
  const picture = mapImage(track, layer, theme, across, down), cell = layer.span[0] * across, first = firstEdge(layer.span);
  const from = Math.max(0, Math.floor((view.a - first) / cell));
  const n = Math.min(picture.width, Math.ceil((view.b - first) / cell)) - from;
  const tall = h * picture.height * down / layer.numbers.rows;  // the last row of the image may stand for fewer
  if (n > 0) pen.image(picture, from, n, (first + from * cell - view.a) * scale, 0, n * cell * scale, tall);
}

// What the header says where a pixel column stands for several positions.
function sharedNote(track, view, width, height, scale) {
  if (track.type !== 'map') {
    const each = track.type === 'sites' ? 1 : basesAPixel(scale * track.span[0]);
    return each > 1 ? `each pixel column: largest of ${count(each)} positions` : '';
  }
  const layer = track.layers[covering(track, view)];
  const [across, down] = sharing(layer, view, width, height), n = across * layer.bin;
  const parts = n > 1 ? [`each ${across > 1 ? 'pixel ' : ''}column: largest of ${count(n)} positions`] : [];
  if (down > 1) parts.push(`each pixel row: largest of ${count(down)} rows`);
  return parts.join('; ');
}
