// The pen of a board: by mouse, pen or finger, or by keys. It says where it goes; board.js does the rest.
//
// `board:draw` and `board:finish` carry the points of a line from pen down to where it is, `board:point`
// the place of a pen that may be up, and after `board:drop` the line was none.

const board = document.getElementById("board");
const picture = document.getElementById("board-picture");
const mark = document.getElementById("board-pen");

const { width: WIDTH, height: HEIGHT } = picture.viewBox.baseVal;
const LONGEST = Number(board.dataset.longest); // points
const NEAR = 3; // to the point before it: such a one adds nothing
const FINE = 1.2; // how far a line may lie beside where the pen was
const STEP = 10; // of the pen by an arrow key
const STRIDE = 50; // the same with Shift
const REST = 800; // ms without a key before the pen's place is said
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

let points = null; // of the line that is being drawn
let finger = null; // which draws it; none for keys

function tell(what, detail) {
  board.dispatchEvent(new CustomEvent(`board:${what}`, { detail }));
}

function say(what, values = {}) {
  const words = board.dataset[`say${what}`].replace(/\{(\w+)\}/g, (_, name) => values[name]);
  document.getElementById("board-at").textContent = words;
}

// One line, from pen down to pen up

function begin(at, by) {
  points = [at];
  finger = by;
  tell("draw", points);
}

function extend(at) {
  const [x, y] = points.at(-1);
  if (Math.hypot(at[0] - x, at[1] - y) < NEAR) return;
  points.push(at);
  tell("draw", points);
  if (points.length < LONGEST) return;
  finish(); // as long as a line can be: it goes on in another one
  begin(at, finger);
}

function finish() {
  tell("finish", thinned(points));
  points = null;
}

// Douglas and Peucker's way: a point stays where the line would lie beside it without it.
function thinned(given) {
  const kept = new Set([0, given.length - 1]);
  const spans = [[0, given.length - 1]];
  while (spans.length) {
    const [from, to] = spans.pop();
    const [far, off] = farthest(given, from, to);
    if (off <= FINE) continue;
    kept.add(far);
    spans.push([from, far], [far, to]);
  }
  return given.filter((_, place) => kept.has(place));
}

function farthest(given, from, to) {
  let found = [from, 0];
  for (let place = from + 1; place < to; place++) {
    const off = distance(given[place], given[from], given[to]);
    if (off > found[1]) found = [place, off];
  }
  return found;
}

function distance([x, y], [ax, ay], [bx, by]) {
  const [dx, dy] = [bx - ax, by - ay];
  const share = ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy || 1);
  const along = Math.min(1, Math.max(0, share));
  return Math.hypot(x - ax - along * dx, y - ay - along * dy);
}

// By mouse, pen or finger

function within(x, y) {
  return [Math.round(Math.min(WIDTH, Math.max(0, x))), Math.round(Math.min(HEIGHT, Math.max(0, y)))];
}

function placeOf({ clientX, clientY }) {
  const { x, y } = new DOMPoint(clientX, clientY).matrixTransform(picture.getScreenCTM().inverse());
  return within(x, y);
}

function pressed(event) {
  if (points && finger === null) finish();
  if (points || event.button !== 0) return; // one finger draws, and no palm beside it
  board.setPointerCapture(event.pointerId);
  mark.setAttribute("hidden", "");
  begin(placeOf(event), event.pointerId);
}

function moved(event) {
  tell("point", placeOf(event));
  if (!points || finger !== event.pointerId) return;
  const steps = event.getCoalescedEvents?.() ?? [];
  for (const each of steps.length ? steps : [event]) extend(placeOf(each));
}

function lifted(event) {
  if (!points || finger !== event.pointerId) return;
  if (event.type === "pointerup") extend(placeOf(event));
  finish();
}

// By keys

let place = [WIDTH / 2, HEIGHT / 2];
let restTimer = 0;

function showPen() {
  mark.removeAttribute("hidden");
  mark.setAttribute("cx", place[0]);
  mark.setAttribute("cy", place[1]);
  mark.classList.toggle("board-pen-down", points !== null);
}

function sayPlace() {
  const [x, y] = [place[0] / WIDTH, place[1] / HEIGHT].map((share) => Math.round(share * 100));
  say("At", { x, y });
}

function move([right, down], step) {
  place = within(place[0] + right * step, place[1] + down * step);
  if (points) extend(place);
  tell("point", place);
  clearTimeout(restTimer);
  restTimer = setTimeout(sayPlace, REST);
}

function toggle() {
  const wasDown = points !== null;
  if (wasDown) finish();
  else begin(place, null);
  say(wasDown ? "Up" : "Down");
}

function giveUp(event) {
  event.stopPropagation(); // no toast goes for it
  points = null;
  tell("drop");
  say("Dropped");
}

function typed(event) {
  const { key, shiftKey } = event;
  if (event.ctrlKey || event.metaKey || event.altKey || (points && finger !== null)) return;
  if (key in ARROWS) move(ARROWS[key], shiftKey ? STRIDE : STEP);
  else if (key === "Escape" && points) giveUp(event);
  else if (key !== " ") return;
  else if (!event.repeat) toggle();
  event.preventDefault();
  showPen();
}

function left() {
  if (points && finger === null) finish();
  mark.setAttribute("hidden", "");
}

board.setAttribute("tabindex", "0");
board.setAttribute("role", "application");
board.setAttribute("aria-label", picture.getAttribute("aria-label"));
board.setAttribute("aria-describedby", "board-hint");
board.dataset.ready = "yes";
for (const part of ["board-tools", "board-hint"]) document.getElementById(part).hidden = false;
board.addEventListener("pointerdown", pressed);
board.addEventListener("pointermove", moved);
for (const end of ["pointerup", "pointercancel"]) board.addEventListener(end, lifted);
board.addEventListener("keydown", typed);
board.addEventListener("blur", left);
