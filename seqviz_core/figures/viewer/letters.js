// The ruler and the row of letters. `seen` is the sequence as the visitor sees it, with what marks its edits.
const RULER = 30, LETTERS = 50, CELL = { top: 17, tall: 22 };

function drawRuler(pen, { view, scale, w, h, theme }, length) {
  const { places } = ticks(view, w);
  pen.rect(0, h - 1, w, 1, theme.zero);
  for (const p of places) {
    const x = (p - 0.5 - view.a) * scale;
    if (x < -1 || x > w + 1) continue;
    pen.rect(Math.round(x), h - 6, 1, 5, theme.zero);
    const half = widthOf(count(p), 11) / 2;
    pen.text(count(p), Math.min(Math.max(x, half), w - half), h - 10, { size: 11, colour: theme.muted, anchor: 'middle' });
  }
  if (view.b - view.a < length - 0.01) {  // where the view lies in the whole
    pen.rect(0, 1, w, 3, theme.grid);
    pen.rect(view.a / length * w, 1, Math.max((view.b - view.a) / length * w, 6), 3, theme.muted);
  }
}

function rulerNames(pen, w, theme) {
  pen.text('position in the', w - 8, 12, { size: 11, colour: theme.muted, anchor: 'end' });
  pen.text('sequence (bases)', w - 8, 25, { size: 11, colour: theme.muted, anchor: 'end' });
}

function drawLetters(pen, place, seen, marks) {
  const { scale, w } = place;
  pen.within(0, 0, w, place.h, () => {
    if (scale >= 1) cells(pen, place, seen);
    else pen.image(strip(seen, place.theme), place.view.a, place.view.b - place.view.a, 0, CELL.top, w, CELL.tall, true);
    editMarks(pen, place, seen);
    if (marks) caretMarks(pen, place, marks);
  });
}

function cells(pen, { view, scale, theme }, { letters }) {
  const from = Math.max(0, Math.floor(view.a)), to = Math.min(letters.length, Math.ceil(view.b));
  const gap = scale >= LETTER_PX ? 0.5 : 0, size = Math.min(15, scale * 1.35);
  for (let i = from; i < to; i++)
    pen.rect((i - view.a) * scale + gap, CELL.top, scale - 2 * gap + (gap ? 0 : 0.3), CELL.tall, theme.bases[letters[i]]);
  if (scale < LETTER_PX) return;
  for (let i = from; i < to; i++)
    pen.text(letters[i], (i + 0.5 - view.a) * scale, CELL.top + CELL.tall / 2 + size * 0.34,
             { size, colour: theme.onBase, anchor: 'middle', weight: 700, mono: true });
}

// All letters as an image of one pixel a base.
function strip(seen, theme) {
  if (seen.strip?.theme === theme.name) return seen.strip.canvas;
  const canvas = document.createElement('canvas'), { letters } = seen;
  canvas.width = letters.length; canvas.height = 1;
  const context = canvas.getContext('2d'), picture = context.createImageData(letters.length, 1);
  const colours = Object.fromEntries(Object.entries(theme.bases).map(([b, c]) => [b, rgb(c)]));
  for (let i = 0; i < letters.length; i++) picture.data.set([...colours[letters[i]], 255], 4 * i);
  context.putImageData(picture, 0, 0);
  seen.strip = { theme: theme.name, canvas };
  return canvas;
}

function editMarks(pen, { view, scale, theme }, seen) {
  const bottom = CELL.top + CELL.tall;
  for (const i of seen.changed) {
    if (i + 1 < view.a || i > view.b) continue;
    const x = (i - view.a) * scale, wide = Math.max(scale, 2);
    const line = scale >= 10 ? 2 : 1;
    if (scale >= 4) pen.frame(x + line / 2, CELL.top - line / 2, scale - line, CELL.tall + line, theme.text, line);
    pen.rect(x + wide / 2 - Math.min(wide, 8) / 2, bottom + 3, Math.min(wide, 8), 3, theme.text);
    if (scale >= 8) {
      const from = seen.source[i], was = from < 0 ? '+' : seen.reference[from];
      pen.text(was ?? '+', x + scale / 2, CELL.top - 4, { size: 11, colour: theme.muted, anchor: 'middle', mono: true });
    }
  }
  for (const [i, n] of seen.deleted) {
    if (i < view.a - 1 || i > view.b + 1) continue;
    const x = Math.min(Math.max((i - view.a) * scale, 2), (view.b - view.a) * scale - 2);
    pen.rect(x - 1, CELL.top - 1, 2, CELL.tall + 2, theme.text);
    pen.area([[x - 4, CELL.top - 7], [x + 4, CELL.top - 7], [x, CELL.top - 1]], theme.text);
    pen.area([[x - 4, bottom + 7], [x + 4, bottom + 7], [x, bottom + 1]], theme.text);
    if (n > 1 && scale >= 6) pen.text(`−${count(n)}`, x + 6, CELL.top - 4, { size: 10, colour: theme.muted });
  }
}

function caretMarks(pen, { view, scale, theme }, { caret, from, to, insert, focused, accent, query, sees }) {
  if (sees) {  // what the unit whose arithmetic is shown sees
    const x = (sees[0] - view.a) * scale, wide = (sees[1] - sees[0]) * scale, y = CELL.top + CELL.tall + 7;
    pen.rect(x, y, wide, 2, theme.text);
    for (const end of [x, x + wide - 2]) pen.rect(end, y - 6, 2, 7, theme.text);
  }
  if (query !== null) {
    const x = (query + 0.5 - view.a) * scale;
    pen.area([[x - 4, LETTERS - 1], [x + 4, LETTERS - 1], [x, LETTERS - 7]], theme.truth);
  }
  if (to > from) {
    const x = (from - view.a) * scale, wide = (to - from) * scale;
    pen.rect(x, CELL.top - 3, wide, CELL.tall + 6, accent, 0.35);
    pen.frame(x, CELL.top - 3, wide, CELL.tall + 6, accent, 2);
  } else if (caret !== null) {
    const x = (caret - view.a) * scale, colour = focused ? accent : theme.muted;
    if (insert || scale < 4) pen.rect(x - 1.5, CELL.top - 5, 3, CELL.tall + 10, colour);
    else pen.frame(x - 0.5, CELL.top - 2.5, scale + 1, CELL.tall + 5, colour, 3);
  }
}
