// The sequence as the visitor sees it: the one that was sent, with the edits that the server has not answered yet.
function seenOf(scene) {
  const length = scene.sequence.length, reference = scene.reference || scene.sequence;
  const runs = scene.source.length ? scene.source : [[0, 0, length]];
  const source = runs.flatMap(([, from, n]) => Array.from({ length: n }, (_, k) => from < 0 ? -1 : from + k));
  return { letters: scene.sequence, reference, source, changed: scene.changed, deleted: scene.deleted };
}

function withEdit(seen, { start, deleted, inserted }) {
  start = Math.min(Math.max(start, 0), seen.letters.length);
  deleted = Math.min(deleted, seen.letters.length - start);
  const letters = seen.letters.slice(0, start) + inserted + seen.letters.slice(start + deleted);
  if (!letters) return seen;
  const kept = seen.source.slice(start, start + Math.min(deleted, inserted.length));
  const added = [...kept, ...Array(inserted.length - kept.length).fill(-1)];
  const source = [...seen.source.slice(0, start), ...added, ...seen.source.slice(start + deleted)];
  return { letters, reference: seen.reference, source, ...differences(letters, source, seen.reference) };
}

// Which bases differ from the reference, and how many of its bases have no place before each base.
function differences(letters, source, reference) {
  const changed = [], deleted = [];
  let last = -1;
  for (let i = 0; i <= letters.length; i++) {
    const place = i < letters.length ? source[i] : reference.length;
    if (i < letters.length && (place < 0 || reference[place] !== letters[i])) changed.push(i);
    if (place >= 0) {
      if (place - last > 1) deleted.push([i, place - last - 1]);
      last = place;
    }
  }
  return { changed, deleted };
}

// What somebody pasted, as bases; null where it holds anything else.
function basesIn(text) {
  const letters = text.replace(/\s+/g, '').toUpperCase().replaceAll('U', 'T');
  return /^[ACGTN]+$/.test(letters) ? letters : null;
}

function strangerIn(text) {
  return /[^ACGTUN\s]/i.exec(text)?.[0] ?? '';
}
