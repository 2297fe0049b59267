// One pen, two papers: a canvas, and SVG text. Everything that is drawn goes through it, so that what is saved is what is seen.
const outlines = Object.fromEntries(Object.entries(GLYPHS).map(([base, d]) => [base, new Path2D(d)]));

function fontOf(size, weight, mono) { return `${weight} ${size}px ${mono ? MONOSPACE : FONT}`; }

const measuring = document.createElement('canvas').getContext('2d');

function widthOf(text, size = 12, weight = 400) {
  measuring.font = fontOf(size, weight, false);
  return measuring.measureText(text).width;
}

function fitted(text, size, width, weight = 400) {
  if (widthOf(text, size, weight) <= width) return text;
  let n = text.length;
  while (n > 0 && widthOf(text.slice(0, n) + '…', size, weight) > width) n--;
  return text.slice(0, n) + '…';
}

// One line, or two where one is too narrow.
function inTwo(text, size, width) {
  const words = text.split(' ');
  let n = words.length;
  while (n > 1 && widthOf(words.slice(0, n).join(' '), size) > width) n--;
  return [words.slice(0, n), words.slice(n)].filter(line => line.length).map(line => fitted(line.join(' '), size, width));
}

function canvasPen(context) {
  const c = context;
  return {
    rect(x, y, w, h, colour, opacity = 1) {
      c.globalAlpha = opacity; c.fillStyle = colour; c.fillRect(x, y, w, h); c.globalAlpha = 1;
    },
    frame(x, y, w, h, colour, width = 1) { c.strokeStyle = colour; c.lineWidth = width; c.strokeRect(x, y, w, h); },
    line(x1, y1, x2, y2, colour, width = 1) {
      c.strokeStyle = colour; c.lineWidth = width;
      c.beginPath(); c.moveTo(x1, y1); c.lineTo(x2, y2); c.stroke();
    },
    text(s, x, y, { size = 12, colour, anchor = 'start', weight = 400, mono = false } = {}) {
      c.font = fontOf(size, weight, mono); c.fillStyle = colour;
      c.textAlign = anchor === 'middle' ? 'center' : anchor; c.textBaseline = 'alphabetic';
      c.fillText(s, x, y);
    },
    words(runs, x, y, gap = 8) {  // one after the other, each with its own type
      for (const { text, ...type } of runs) {
        this.text(text, x, y, type);
        x += widthOf(text, type.size, type.weight) + gap;
      }
    },
    area(points, colour, opacity = 1) {
      c.globalAlpha = opacity; c.fillStyle = colour; c.beginPath();
      points.forEach(([x, y], i) => i ? c.lineTo(x, y) : c.moveTo(x, y));
      c.closePath(); c.fill(); c.globalAlpha = 1;
    },
    path(points, colour, width = 1.5) {
      c.strokeStyle = colour; c.lineWidth = width; c.lineJoin = 'round'; c.beginPath();
      points.forEach(([x, y], i) => i ? c.lineTo(x, y) : c.moveTo(x, y));
      c.stroke();
    },
    glyph(base, x, y, w, h, colour) {
      c.save(); c.transform(w, 0, 0, -h, x, y + h); c.fillStyle = colour; c.fill(outlines[base]); c.restore();
    },
    image(canvas, sx, sw, x, y, w, h, smooth = false) {
      c.imageSmoothingEnabled = smooth;
      c.drawImage(canvas, sx, 0, sw, canvas.height, x, y, w, h);
    },
    within(x, y, w, h, draw) {
      c.save(); c.beginPath(); c.rect(x, y, w, h); c.clip(); draw(); c.restore();
    },
    shifted(x, y, draw) { c.save(); c.translate(x, y); draw(); c.restore(); },
  };
}

const n2 = v => String(Math.round(v * 100) / 100);
const inXml = s => String(s).replace(/[&<>"]/g, ch => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[ch]);

function svgPen() {
  const parts = [];
  let clips = 0;
  const points = list => list.map(([x, y]) => `${n2(x)},${n2(y)}`).join(' ');
  const faint = opacity => opacity < 1 ? ` fill-opacity="${n2(opacity)}"` : '';
  return {
    rect(x, y, w, h, colour, opacity = 1) {
      parts.push(`<rect x="${n2(x)}" y="${n2(y)}" width="${n2(w)}" height="${n2(h)}" fill="${colour}"${faint(opacity)}/>`);
    },
    frame(x, y, w, h, colour, width = 1) {
      parts.push(`<rect x="${n2(x)}" y="${n2(y)}" width="${n2(w)}" height="${n2(h)}" fill="none" stroke="${colour}" ` +
                 `stroke-width="${width}"/>`);
    },
    line(x1, y1, x2, y2, colour, width = 1) {
      parts.push(`<line x1="${n2(x1)}" y1="${n2(y1)}" x2="${n2(x2)}" y2="${n2(y2)}" stroke="${colour}" ` +
                 `stroke-width="${width}"/>`);
    },
    text(s, x, y, { size = 12, colour, anchor = 'start', weight = 400, mono = false } = {}) {
      parts.push(`<text x="${n2(x)}" y="${n2(y)}" font-size="${n2(size)}" fill="${colour}" text-anchor="${anchor}"` +
                 (weight === 400 ? '' : ` font-weight="${weight}"`) + (mono ? ` font-family="${inXml(MONOSPACE)}"` : '') +
                 `>${inXml(s)}</text>`);
    },
    words(runs, x, y, gap = 8) {  // the reader's own font decides where the next begins
      const spans = runs.map(({ text, size, colour, weight = 400 }, i) =>
        `<tspan${i ? ` dx="${gap}"` : ''} font-size="${n2(size)}" font-weight="${weight}" fill="${colour}">` +
        `${inXml(text)}</tspan>`);
      parts.push(`<text x="${n2(x)}" y="${n2(y)}">${spans.join('')}</text>`);
    },
    area(list, colour, opacity = 1) { parts.push(`<polygon points="${points(list)}" fill="${colour}"${faint(opacity)}/>`); },
    path(list, colour, width = 1.5) {
      parts.push(`<polyline points="${points(list)}" fill="none" stroke="${colour}" stroke-width="${width}" ` +
                 'stroke-linejoin="round"/>');
    },
    glyph(base, x, y, w, h, colour) {
      parts.push(`<path d="${GLYPHS[base]}" transform="matrix(${n2(w)} 0 0 ${-h.toFixed(3)} ${n2(x)} ${n2(y + h)})" ` +
                 `fill="${colour}"/>`);
    },
    image(canvas, sx, sw, x, y, w, h) {
      const cut = document.createElement('canvas');
      cut.width = Math.max(1, Math.round(sw)); cut.height = canvas.height;
      cut.getContext('2d').drawImage(canvas, sx, 0, sw, canvas.height, 0, 0, cut.width, cut.height);
      parts.push(`<image x="${n2(x)}" y="${n2(y)}" width="${n2(w)}" height="${n2(h)}" preserveAspectRatio="none" ` +
                 `style="image-rendering:pixelated" href="${cut.toDataURL('image/png')}"/>`);
    },
    within(x, y, w, h, draw) {
      const id = `clip${clips++}`;
      parts.push(`<clipPath id="${id}"><rect x="${n2(x)}" y="${n2(y)}" width="${n2(w)}" height="${n2(h)}"/></clipPath>` +
                 `<g clip-path="url(#${id})">`);
      draw(); parts.push('</g>');
    },
    shifted(x, y, draw) { parts.push(`<g transform="translate(${n2(x)} ${n2(y)})">`); draw(); parts.push('</g>'); },
    written(width, height, title) {
      return `<svg xmlns="http://www.w3.org/2000/svg" width="${n2(width)}" height="${n2(height)}" ` +
        `viewBox="0 0 ${n2(width)} ${n2(height)}" font-family="${inXml(FONT)}" role="img"><title>${inXml(title)}</title>` +
        parts.join('') + '</svg>';
    },
  };
}
