// Saving: the whole picture through the same pen, always on white in the light colours.
const SAVED = { title: 21, words: 17, gap: 12, margin: 12 };

function savedHeight(v, track, folded) {
  const lines = folded ? 0 : Boolean(track.says) + Boolean(track.legend);
  return (track.title ? SAVED.title + SAVED.gap : 4) + lines * SAVED.words + (folded ? 0 : track.height + 2);
}

function savedSize(v) {
  const { w, left, right } = geometry(v);
  let height = SAVED.margin * 2 + RULER + LETTERS;
  for (const track of v.tracks) if (!hiddenTrack(v, track)) height += savedHeight(v, track, v.nodes.get(track.id).folded);
  return { width: w + left + right + 2 * SAVED.margin, height };
}

const hiddenTrack = (v, track) => v.nodes.get(track.id).folded && !track.title;

function drawPicture(v, pen, density) {
  const { view, scale, w, left, right } = geometry(v), theme = THEMES.light, size = savedSize(v);
  const place = { view, scale, w, theme, density, sequence: v.scene.sequence };
  pen.rect(0, 0, size.width, size.height, theme.page);
  pen.shifted(SAVED.margin, SAVED.margin, () => {
    rulerNames(pen, left, theme);
    pen.shifted(left, 0, () => drawRuler(pen, { ...place, h: RULER }, v.seen.letters.length));
    pen.shifted(left, RULER, () => drawLetters(pen, { ...place, h: LETTERS }, v.seen, null));
    let y = RULER + LETTERS;
    for (const track of v.tracks) {
      if (hiddenTrack(v, track)) continue;
      const folded = v.nodes.get(track.id).folded;
      pen.shifted(0, y, () => savedTrack(v, pen, track, { ...place, h: track.height }, folded, { w, left, right }));
      y += savedHeight(v, track, folded);
    }
  });
  return size;
}

function disc(x, y, r) {
  return Array.from({ length: 24 }, (_, i) => [x + r * Math.cos(i * Math.PI / 12), y + r * Math.sin(i * Math.PI / 12)]);
}

function savedTrack(v, pen, track, place, folded, { w, left, right }) {
  const { theme } = place, full = w + left + right;
  let y = track.title ? SAVED.gap + SAVED.title : 4;
  if (track.title) savedTitle(pen, track, y - 6, full, theme);
  if (folded) return;
  const shared = sharedNote(track, place.view, w * place.density, track.height * place.density, place.scale);
  const lines = [[track.says, theme.text], [track.legend, theme.muted]].filter(([words]) => words);
  lines.forEach(([words, colour], i) => {
    const note = shared && i === lines.length - 1 ? ` (${shared})` : '';
    y += SAVED.words;
    pen.text(fitted(words, 12, full - widthOf(note, 12)) + note, 0, y - 5, { size: 12, colour });
  });
  pen.shifted(0, y, () => drawLeft(pen, track, left, track.height, theme));
  pen.shifted(left, y, () => drawTrack(pen, track, place, v.scene.bands));
  pen.shifted(left + w, y, () => drawRight(pen, track, right, track.height, theme));
}

function savedTitle(pen, track, y, full, theme) {
  const badge = track.badge ? widthOf(track.badge, 12) : 0, name = track.model ? widthOf(track.model, 12, 600) + 22 : 0;
  const title = { text: fitted(track.title, 14, full - name - badge - 12, 600), size: 14, weight: 600, colour: theme.text };
  if (track.model) {
    pen.area(disc(5, y - 4, 4.5), track.chip || theme.muted);
    pen.words([{ text: track.model, size: 12, weight: 600, colour: theme.muted }, title], 14, y);
  } else pen.words([title], 0, y);
  if (badge) pen.text(track.badge, full, y, { size: 12, colour: theme.text, anchor: 'end' });
}

function fileName(v, ending) {
  const name = (v.scene.name || 'sequence').replace(/[^\w.-]+/g, '-').replace(/^[-.]+|[-.]+$/g, '').slice(0, 60) || 'sequence';
  return `seqviz-${name}.${ending}`;
}

function download(v, blob, ending) {
  const link = el('a');
  link.href = URL.createObjectURL(blob);
  link.download = fileName(v, ending);
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

function pictureSvg(v) {
  const pen = svgPen(), { width, height } = drawPicture(v, pen, 2);
  return pen.written(width, height, `SeqViz: ${v.scene.name || 'sequence'}, ${count(v.seen.letters.length)} bases`);
}

function saveSvg(v) { download(v, new Blob([pictureSvg(v)], { type: 'image/svg+xml' }), 'svg'); }

function savePng(v) {
  const size = savedSize(v), canvas = document.createElement('canvas');
  canvas.width = Math.round(size.width * 2); canvas.height = Math.round(size.height * 2);
  const context = canvas.getContext('2d');
  context.scale(2, 2);
  drawPicture(v, canvasPen(context), 2);
  canvas.toBlob(blob => download(v, blob, 'png'), 'image/png');
}
