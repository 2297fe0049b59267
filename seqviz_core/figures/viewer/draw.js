// How each kind of track is drawn. `place` is where: {view, scale (pixels a base), w, h, theme, density, sequence}.
const drawers = { sites: drawSites, logo: drawLogo, map: drawMap, line: drawLine };

function drawTrack(pen, track, place, bands) {
  const above = track.type === 'map';
  pen.within(0, 0, place.w, place.h, () => {
    if (!above) drawBands(pen, bands, place);
    drawers[track.type](pen, track, place);
    if (above) drawBands(pen, bands, place);
  });
}

function drawBands(pen, bands, { view, scale, h, theme }) {
  for (const [, start, end] of bands) {
    if (end <= view.a || start >= view.b) continue;
    const x = (start - view.a) * scale, width = (end - start) * scale;
    pen.rect(x, 0, width, h, theme.truth, theme.band * 0.7);
    pen.rect(x, 0, 1, h, theme.truth, 0.3);
    pen.rect(x + width - 1, 0, 1, h, theme.truth, 0.3);
  }
}

const SITE_LOGO = 20;

// Arrows in lanes; above each its logo, a column a base, where letters are drawn at all, and above that its name.
function drawSites(pen, track, { view, scale, w, h, theme }) {
  const inView = track.sites.some(([, start, end]) => end > view.a && start < view.b);
  if (!inView) return pen.text(track.sites.length ? 'None in this stretch.' : track.empty, 0, h / 2 + 4, { colour: theme.muted });
  const taken = Array(track.lanes).fill(-Infinity), lettered = track.motifs.length && scale >= LETTER_PX, covered = [...taken];
  const fill = track.motifs.length ? theme.zero : theme.truth;  // a match is no truth
  const order = track.sites.map((site, i) => [...site, track.motifs[i]]).sort((p, q) => p[1] - q[1]);
  for (const [name, start, end, strand, lane, motif] of order) {
    if (end <= view.a || start >= view.b) continue;
    const left = (start - view.a) * scale, right = (end - view.a) * scale, base = h - lane * h / track.lanes;
    pen.area(arrow(left, Math.max(right, left + 3), base - 2, base - 12, strand, scale), fill);
    if (motif && lettered && start >= covered[lane]) {
      stackedLetters(pen, motif, left, base - 14 - SITE_LOGO, scale, SITE_LOGO, theme);
      covered[lane] = end;
    }
    const middle = (Math.max(left, 0) + Math.min(right, w)) / 2, half = widthOf(name, 12, 500) / 2;
    const x = Math.min(Math.max(middle, half), w - half);
    if (x - half < taken[lane]) continue;
    pen.text(name, x, base - 16 - (lettered ? SITE_LOGO + 1 : 0), { colour: theme.text, anchor: 'middle', weight: 500 });
    taken[lane] = x + half + 6;
  }
}

function arrow(left, right, bottom, top, strand, scale) {
  const head = Math.min(0.4 * (right - left), Math.max(Math.min(1.8 * scale, 14), 7)), middle = (top + bottom) / 2;
  const corners = [[left, bottom], [right - head, bottom], [right, middle], [right - head, top], [left, top]];
  return strand === '-' ? corners.map(([x, y]) => [left + right - x, y]) : corners;
}

function drawLogo(pen, track, place) {
  const { view, scale, w, h, theme, sequence } = place, { numbers, limits } = track;
  const { zero, unit } = logoScale(track, h);
  const from = Math.max(0, Math.floor(view.a)), to = Math.min(numbers.columns, Math.ceil(view.b));
  if (scale >= LETTER_PX) {
    for (let i = from; i < to; i++) {
      const tall = valueOf(numbers, 0, i) * unit, base = sequence[i] ?? 'N';
      if (Math.abs(tall) < 0.4) continue;
      pen.glyph(base, (i - view.a) * scale + 0.03 * scale, tall > 0 ? zero - tall : zero, 0.94 * scale, Math.abs(tall),
                theme.bases[base]);
    }
  } else bars(pen, numbers, sequence, place, from, to, (x, width, value, base) => {
    const tall = value * unit;
    pen.rect(x, tall > 0 ? zero - tall : zero, width, Math.abs(tall), theme.bases[base]);
  });
  pen.rect(0, Math.round(zero), w, 1, theme.zero);
}

const basesAPixel = scale => Math.max(1, Math.floor(1 / scale));

// One bar a base, or a pixel where bases are narrower: the base of largest absolute value.
function bars(pen, numbers, sequence, { view, scale }, from, to, draw) {
  const each = basesAPixel(scale), first = from - from % each;
  for (let i = first; i < to; i += each) {
    let best = i, size = -1;
    for (let j = i; j < Math.min(i + each, to); j++) {
      const v = Math.abs(valueOf(numbers, 0, j));
      if (v > size) { size = v; best = j; }
    }
    const width = Math.max(each * scale * (scale > 3 ? 0.86 : 1), 1);
    draw((i - view.a) * scale, width, valueOf(numbers, 0, best), sequence[best] ?? 'N');
  }
}

function logoScale({ limits: [low, high] }, h) {
  const pad = 0.04 * (high - low), unit = h / (high - low + 2 * pad);
  return { unit, zero: (high + pad) * unit };
}

function lineScale({ limits: [low, high] }, h) {
  const top = high + 0.06 * (high - low), unit = (h - 2) / (top - low);
  return { unit, low, y: value => h - 1 - (value - low) * unit };
}

function drawLine(pen, track, { view, scale, w, h, theme }) {
  const { numbers, span } = track, first = firstEdge(span), { y } = lineScale(track, h);
  pen.rect(0, Math.round(Math.min(y(0), h - 1)), w, 1, theme.grid);
  const from = Math.max(0, Math.floor((view.a - first) / span[0]));
  const to = Math.min(numbers.columns, Math.ceil((view.b - first) / span[0]));
  const each = basesAPixel(scale * span[0]);
  for (let s = numbers.rows - 1; s >= 0; s--) {
    const points = [];
    for (let c = from - from % each; c < to; c += each) {
      let value = valueOf(numbers, s, c);
      for (let d = c + 1; d < Math.min(c + each, to); d++) {
        const other = valueOf(numbers, s, d);
        if (Math.abs(other) > Math.abs(value)) value = other;
      }
      const x = (first + c * span[0] - view.a) * scale, up = y(value);
      points.push([x, up], [x + each * span[0] * scale, up]);
    }
    const colour = numbers.rows === 1 && track.chip || theme.lines[s % theme.lines.length];
    if (numbers.rows === 1 && points.length) pen.area([[points[0][0], y(0)], ...points, [points.at(-1)[0], y(0)]], colour, 0.22);
    if (points.length) pen.path(points, colour, 1.5);
  }
  if (track.query !== null) {
    const x = (track.query + 0.5 - view.a) * scale;
    pen.rect(x - 1, 0, 2, h, theme.text);
    pen.area([[x - 5, 0], [x + 5, 0], [x, 7]], theme.text);
  }
}

// The left gutter: names of rows with their logos, or the axis with its unit.
function drawLeft(pen, track, w, h, theme) {
  if (track.type === 'map') {
    if (Array.isArray(track.rows)) rowNames(pen, track, w, h, theme);
    if (track.symbol) pen.text(track.symbol, w - 8, h / 2 + 4, { colour: theme.text, anchor: 'end' });
  } else if (track.type === 'logo') {
    const { zero, unit } = logoScale(track, h), reach = Math.max(...track.limits.map(Math.abs));
    const marks = [[0, '0'], ...track.limits.filter(v => Math.abs(v) > 0.2 * reach).map(v => [v, tidy(v, true)])];
    axis(pen, marks.map(([v, s]) => [zero - v * unit, s]), track.unit, w, h, theme);
  } else if (track.type === 'line') {
    const { y } = lineScale(track, h);
    axis(pen, track.limits.map(v => [y(v), tidy(v)]), track.unit, w, h, theme);
  }
}

function axis(pen, marks, unit, w, h, theme) {
  const wide = Math.max(...marks.map(([, s]) => widthOf(s, 11)));
  for (const [y, s] of marks) {
    pen.text(s, w - 8, Math.min(Math.max(y + 4, 10), h - 1), { size: 11, colour: theme.muted, anchor: 'end' });
    pen.rect(w - 5, Math.min(Math.round(y), h - 1), 4, 1, theme.zero);
  }
  const lines = inTwo(unit, 11, w - wide - 24);
  lines.forEach((line, i) => pen.text(line, w - wide - 18, h / 2 + 4 + 13 * (i - (lines.length - 1) / 2),
                                      { size: 11, colour: theme.muted, anchor: 'end' }));
}

const ROW_LOGO = { wide: 58, narrow: 36 };

function rowNames(pen, track, w, h, theme) {
  const tall = h / track.numbers.rows, logos = track.motifs.some(Boolean), size = Math.min(12, tall - 2);
  const room = w < 120 ? ROW_LOGO.narrow : ROW_LOGO.wide;
  if (size < 7) return;
  const right = w - 8 - (logos ? room + 6 : 0), tight = track.rows.some(name => widthOf(name, size) > right);
  track.rows.forEach((name, r) => {
    const middle = (r + 0.5) * tall, short = tight ? name.replace(/^(filter|channel) /, '') : name;
    pen.text(fitted(short, size, right), right, middle + size * 0.35, { size, colour: theme.text, anchor: 'end' });
    const motif = track.motifs[r];
    if (motif) motifLogo(pen, motif, w - 8 - room, r * tall + 1, room, tall - 2, theme);
  });
}

function motifLogo(pen, motif, x, y, w, h, theme) {
  const wide = Math.min(w / motif.columns, 7);
  stackedLetters(pen, motif, x + w - wide * motif.columns, y, wide, h, theme);
}

// A motif in bits, 0 to 2, the largest letter on top; columns are `wide`.
function stackedLetters(pen, { columns, heights }, x, y, wide, h, theme) {
  for (let c = 0; c < columns; c++) {
    const order = [0, 1, 2, 3].filter(b => heights[b * columns + c] * h / 255 > 0.4)
      .sort((p, q) => heights[p * columns + c] - heights[q * columns + c]);
    let bottom = y + h;
    for (const b of order) {
      const tall = heights[b * columns + c] * h / 255;
      bottom -= tall;
      pen.glyph('ACGT'[b], x + c * wide, bottom, wide * 0.95, tall, theme.bases['ACGT'[b]]);
    }
  }
}

// The right gutter: what the ends of a colour scale mean, or the names of the lines.
function drawRight(pen, track, w, h, theme) {
  if (track.type === 'map') {
    const colours = colourScale(theme, track.signed), steps = 32, [low, high] = track.scale;
    for (let i = 0; i < steps; i++) {
      const [r, g, b] = colours[Math.round((steps - 1 - i) * 255 / (steps - 1))];
      pen.rect(8, i * h / steps, 8, h / steps + 0.5, `rgb(${r},${g},${b})`);
    }
    const small = { size: 11, colour: theme.muted };
    pen.text(tidy(high), 20, 9, small);
    pen.text(tidy(low), 20, h - 1, small);
    if (track.signed && h > 48) pen.text('0', 20, h / 2 + 4, small);
  } else if (track.type === 'line' && track.numbers.rows > 1) {
    const { y } = lineScale(track, h), { numbers } = track;
    const ends = track.names.map((_, s) => y(valueOf(numbers, s, numbers.columns - 1)));
    apart(ends, 13, 5, h - 5).forEach((at, s) =>
      pen.text(fitted(track.names[s], 12, w - 8), 6, at + 4,
               { colour: theme.lineTexts[s % theme.lineTexts.length], weight: 500 }));
  }
}
