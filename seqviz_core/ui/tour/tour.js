// The tour of one page. Streamlit calls the default export at every rerun, with the steps as they are now.
const MARGIN = 10, HEAD = 70;  // px: around ring and card; the bar at the top of every page
const tours = new WeakMap();
let reached = 0, begun = 0;  // the step a visitor was at who looks at another page in between; the last start that was asked for

export default function ({ data, parentElement }) {
  const tour = tours.get(parentElement) ?? build(parentElement);
  Object.assign(tour, data);
  if (data.start > begun) {
    begun = data.start;
    open(tour, 0);
  } else if (tour.isNew && !remembered(tour)) open(tour, reached);
  tour.isNew = false;
  return tour.leave;
}

function build(root) {
  const part = name => root.querySelector(name);
  const tour = { root, box: part('.tour'), ring: part('.ring'), card: part('.card'), count: part('.count'), title: part('#title'),
                 text: part('#text'), skip: part('.skip'), back: part('.back'), next: part('.next'), at: -1, isNew: true };
  const onEscape = event => {
    const { activeElement: focused } = document;
    if (event.key === 'Escape' && tour.at >= 0 && (focused === document.body || focused === root.host)) end(tour, 'skipped');
  };
  tour.skip.onclick = () => end(tour, 'skipped');
  tour.back.onclick = () => go(tour, -1);
  tour.next.onclick = () => go(tour, 1);
  tour.card.onkeydown = event => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (by && there(tour, by) >= 0) go(tour, by);
  };
  document.addEventListener('keydown', onEscape);
  tour.leave = () => {
    tour.at = -1;
    document.removeEventListener('keydown', onEscape);
    tours.delete(root);
  };
  tours.set(root, tour);
  return tour;
}

// A browser that keeps nothing for this page shows the tour at every visit.
function remembered({ key }) {
  try { return localStorage.getItem(key) !== null; } catch { return false; }
}

function remember({ key }, how) {
  try { localStorage.setItem(key, how); } catch { /* see above */ }
}

function find(selector) {
  const hit = selector.split(' >>> ').reduce((within, part) => (within?.shadowRoot ?? within)?.querySelector(part), document);
  return hit?.checkVisibility() && hit.getBoundingClientRect().height > 0 ? hit : null;
}

// The next step in a direction whose element is on the page, or -1.
function there({ steps, at }, by) {
  for (let i = at + by; i >= 0 && i < steps.length; i += by) if (find(steps[i].selector)) return i;
  return -1;
}

function open(tour, at) {
  tour.at = at - 1;
  tour.at = there(tour, 1);
  if (tour.at < 0) return;
  const focused = document.activeElement;
  tour.before = focused;
  tour.box.hidden = false;
  show(tour);
  follow(tour);
  if (!focused?.matches('input, textarea')) tour.card.focus({ preventScroll: true });  // somebody who types is not interrupted
}

function go(tour, by) {
  const next = there(tour, by);
  if (next < 0) return by > 0 && end(tour, 'ended');
  tour.at = next;
  show(tour);
}

function end(tour, how) {
  remember(tour, how);
  const had = tour.root.activeElement;
  tour.at = -1;
  reached = 0;
  tour.box.hidden = true;
  if (had && tour.before?.isConnected) tour.before.focus({ preventScroll: true });
}

function show(tour) {
  reached = tour.at;
  write(tour);
  scrollTo(tour);
  if (tour.root.activeElement?.disabled) tour.card.focus({ preventScroll: true });
}

function write(tour) {
  const { steps, at } = tour, shown = steps.map((_, i) => i).filter(i => i === at || find(steps[i].selector));
  const put = (part, text) => { if (part.textContent !== text) part.textContent = text; };
  put(tour.count, `${shown.indexOf(at) + 1} of ${shown.length}`);
  put(tour.title, steps[at].title);
  put(tour.text, steps[at].text);
  const last = at === shown.at(-1);
  put(tour.next, last ? 'Done' : 'Next');
  tour.skip.hidden = last;
  tour.back.disabled = at === shown[0];
}

// Bring element and card onto the screen together, if they are not.
function scrollTo({ steps, at, card }) {
  const { selector, under } = steps[at], head = HEAD + (under ? find(under)?.offsetHeight ?? 0 : 0);
  const box = find(selector).getBoundingClientRect(), room = innerHeight - card.offsetHeight - 3 * MARGIN;
  if (box.top >= head && box.bottom <= room) return;
  const top = box.top - Math.max(head, (room - box.height) / 2);
  const behavior = matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth';
  document.querySelector('[data-testid="stMain"]').scrollBy({ top, behavior });
}

// Keep ring and card at an element that scrolls, grows or is drawn anew, and count the steps that are there by now.
function follow(tour) {
  if (tour.at < 0) return;
  write(tour);
  const { selector, under } = tour.steps[tour.at], target = find(selector);
  tour.ring.hidden = !target;
  if (target) place(tour, ringed(target.getBoundingClientRect(), under ? find(under)?.getBoundingClientRect().bottom ?? 0 : 0));
  requestAnimationFrame(() => follow(tour));
}

function ringed({ left, top, right, bottom }, covered) {
  const box = { left: Math.max(left - 6, 3), top: Math.max(top - 6, covered, 3), right: Math.min(right + 6, innerWidth - 3),
                bottom: Math.min(bottom + 6, innerHeight - 3) };
  return { ...box, width: Math.max(box.right - box.left, 0), height: Math.max(box.bottom - box.top, 0) };
}

function place({ ring, card }, box) {
  const { left, top } = spot(box, card.offsetWidth, card.offsetHeight);
  put(ring, box.left, box.top);
  Object.assign(ring.style, { width: `${box.width}px`, height: `${box.height}px` });
  put(card, left, top);
}

function put(element, left, top) {
  Object.assign(element.style, { left: `${Math.round(left)}px`, top: `${Math.round(top)}px` });
}

// Below the element, above it, beside it; where it fills the screen, in the lower right corner. Under the right end of a wide
// element, so that a menu that opens at its left stays clear of the card.
function spot(box, width, height) {
  const within = (value, most) => Math.min(Math.max(value, MARGIN), most - MARGIN);
  const wide = box.width > 2 * width, top = within(box.top, innerHeight - height);
  const left = within(wide ? box.right - width : box.left, innerWidth - width);
  const spots = [{ left, top: box.bottom + MARGIN }, { left, top: box.top - height - MARGIN }, { left: box.right + MARGIN, top },
                 { left: box.left - width - MARGIN, top }];
  const inside = (from, size, most) => from >= MARGIN && from + size <= most - MARGIN;
  return spots.find(s => inside(s.left, width, innerWidth) && inside(s.top, height, innerHeight))
    ?? { left: innerWidth - width - 3 * MARGIN, top: innerHeight - height - MARGIN };
}
