// Shows a board that several people draw on, and sends what one draws (board_pen.js).
//
// `#board-lines` is what is stored, in the order of the stream; `#board-own` is one's own that is being
// drawn or on its way. A line moves from there to the others when its entry comes. What was not answered
// is sent again under the same id, so it is drawn once.

const page = document.body.dataset;
const board = document.getElementById("board");
const picture = document.getElementById("board-picture");
const lines = document.getElementById("board-lines");
const own = document.getElementById("board-own");
const others = document.getElementById("board-others");
const tools = document.getElementById("board-tools");
const told = document.getElementById("board-said");
const { stream, address, me, open: isOpen } = board.dataset;

const POINT_EVERY = 250; // ms between two words about where one points
const FADE = 3_000; // ms after which others' pens fade
const ANSWER_WITHIN = 10_000; // ms
const LONGEST_PAUSE = 15_000; // ms between two attempts to send
const READ_AGAIN = 3_000; // ms
const LATER = [0, 408, 429]; // statuses after which the same may be sent again; 0 is no answer
const UNFIT = [409, 422];
const DONE = { status: 201 };

function say(what, count = 0) {
  told.textContent = board.dataset[`say${what}`].replace("{count}", count);
}

// Lines, drawn as core/boards/shapes.py draws them

function pathOf([first, ...rest]) {
  return `M${first[0]} ${first[1]}${rest.map(([x, y]) => `L${x} ${y}`).join("") || "h0"}`;
}

function shape({ id, author, points, colour, width }) {
  const made = document.createElementNS(picture.namespaceURI, "path");
  made.setAttribute("class", `board-${colour}`);
  made.setAttribute("stroke-width", width);
  made.setAttribute("d", pathOf(points));
  Object.assign(made.dataset, { id, author: author.id });
  return made;
}

const find = (id) => picture.querySelector(`[data-id="${CSS.escape(id)}"]`);

// What is stored: first what the page came with, then entry after entry

let seen = Number(board.dataset.streamAfter);
let held = null; // entries that come while the board is being read anew
let readings = 0;
const names = new Map(Object.entries(JSON.parse(board.dataset.names))); // of who draws, by their id
const undone = new Set(); // own lines whose removal is on its way

const took = {
  stroke(stroke) {
    names.set(stroke.author.id, stroke.author.name);
    find(stroke.id)?.remove();
    if (!undone.has(stroke.id)) lines.append(shape(stroke));
    for (const task of queue) task.isDone ||= task.id === stroke.id; // whatever its answer was
  },
  stroke_removed: ({ id }) => find(id)?.remove(),
  cleared() {
    lines.replaceChildren();
    say("Cleared");
  },
};

function take(entry) {
  if (held) return held.push(entry);
  if (entry.seq <= seen) return;
  seen = entry.seq;
  took[entry.type]?.(entry.data);
}

// More was missed than is kept: what is there is read, and what comes meanwhile is put on top of it.
async function readAnew() {
  const reading = ++readings;
  held ??= [];
  const found = await read();
  if (reading !== readings) return;
  if (!found) return setTimeout(readAnew, READ_AGAIN);
  const waiting = held;
  held = null;
  lines.replaceChildren();
  for (const stroke of found.strokes) took.stroke(stroke);
  seen = found.seq;
  waiting.forEach(take);
}

// What is on the board, or null. Where it may not be drawn on any more, or again, the page is another.
async function read() {
  const { status, body } = await ask("GET", "");
  if (status === 200 && body.may_draw !== Boolean(isOpen)) location.reload();
  return status === 200 ? body : null;
}

document.body.addEventListener("schoolbell:stream", ({ detail }) => {
  if (detail.stream !== stream) return detail.type === "room" && read();
  if (detail.op === "resync") readAnew();
  else take(detail);
});

// Where others point, and oneself

document.body.addEventListener("schoolbell:tick", ({ detail }) => {
  if (detail.stream !== stream || detail.type !== "cursor" || detail.data.id === me) return;
  const { id, x, y } = detail.data;
  const shown = others.querySelector(`[data-who="${CSS.escape(id)}"]`) ?? pointer(id);
  shown.style.transform = `translate(${Number(x)}px, ${Number(y)}px)`;
  shown.querySelector("text").textContent = names.get(id) ?? "";
  shown.classList.remove("board-other-gone");
  clearTimeout(shown.timer);
  shown.timer = setTimeout(() => shown.classList.add("board-other-gone"), FADE);
});

function pointer(id) {
  const made = document.createElementNS(picture.namespaceURI, "g");
  made.setAttribute("class", "board-other");
  made.dataset.who = id;
  made.innerHTML = '<circle r="10"/><text x="18" y="8"></text>';
  others.append(made);
  return made;
}

let pointedAt = 0;

function point({ detail: [x, y] }) {
  if (Date.now() - pointedAt < POINT_EVERY) return;
  pointedAt = Date.now();
  const detail = { op: "publish", stream, data: { cursor: { x, y } } };
  document.body.dispatchEvent(new CustomEvent("schoolbell:say", { detail }));
}

// Sending, one after the other: a line is stored before it is taken back

const queue = [];
let isSending = false;
let failures = 0;
let wake = () => {};

async function ask(method, path, sent) {
  const headers = { "X-CSRFToken": tools?.elements.csrfmiddlewaretoken.value ?? "" };
  if (sent) headers["Content-Type"] = "application/json";
  if (page.centre) headers["X-Centre"] = page.centre;
  try {
    const options = { method, headers, body: sent && JSON.stringify(sent), signal: inTime() };
    const answer = await fetch(address + path, options);
    return { status: answer.status, body: answer.status === 200 ? await answer.json() : null };
  } catch {
    return { status: 0 };
  }
}

function inTime() {
  const given = new AbortController();
  setTimeout(() => given.abort(), ANSWER_WITHIN);
  return given.signal;
}

function send(task) {
  queue.push(task);
  if (failures) say("Waiting", queue.length);
  if (!isSending) sendAll();
}

async function sendAll() {
  isSending = true;
  for (let task; (task = queue[0]); ) {
    const { status } = task.isDone ? DONE : await ask(...task.request);
    if (!task.isDone && (LATER.includes(status) || status >= 500)) await pause();
    else settle(queue.shift(), status);
  }
  isSending = false;
  if (failures) say("Sent");
  failures = 0;
}

function pause() {
  say("Waiting", queue.length);
  const longest = Math.min(LONGEST_PAUSE, 500 * 2 ** Math.min(failures++, 5));
  return new Promise((resolve) => {
    wake = resolve;
    setTimeout(resolve, longest);
  });
}

function settle({ id, isDone }, status) {
  if (status < 300 || isDone || !id) return; // what cannot be taken away is gone already
  find(id)?.remove();
  if (UNFIT.includes(status)) {
    say("Refused");
    return read();
  }
  queue.length = 0; // signed out, or the board is theirs no more
  location.reload();
}

// What one does

let drawing = null; // id of the line that is being drawn

// `crypto.randomUUID` is for pages with TLS alone.
function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (each) => each.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

function strokeOf(points) {
  const { colour, width } = tools.elements;
  return { id: drawing, points, colour: colour.value, width: Number(width.value) };
}

function draw({ detail: points }) {
  if (drawing) return find(drawing).setAttribute("d", pathOf(points));
  if (!failures) told.textContent = ""; // what was said before is over
  drawing = newId();
  own.append(shape({ ...strokeOf(points), author: { id: me } }));
}

function finish({ detail: points }) {
  const stroke = strokeOf(points);
  find(drawing).setAttribute("d", pathOf(points));
  drawing = null;
  send({ id: stroke.id, request: ["POST", "/strokes", stroke] });
}

function drop() {
  find(drawing).remove();
  drawing = null;
}

function undo() {
  if (drawing) return;
  const last = [...picture.querySelectorAll(`[data-author="${me}"]`)].at(-1);
  if (!last) return say("Nothing");
  undone.add(last.dataset.id);
  last.remove();
  send({ request: ["DELETE", `/strokes/${last.dataset.id}`] });
  say("Undone");
}

function clear(event) {
  event.preventDefault();
  event.stopPropagation(); // the form does not count as sent (live.js)
  event.target.closest("details").open = false;
  board.focus({ preventScroll: true });
  send({ request: ["POST", "/clear"] });
}

function typed(event) {
  if (event.key !== "z" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  undo();
}

function leave(event) {
  if (queue.some(({ isDone }) => !isDone)) event.preventDefault(); // the browser asks
}

if (isOpen) {
  const does = { draw, finish, drop, point };
  for (const [what, doing] of Object.entries(does)) board.addEventListener(`board:${what}`, doing);
  document.addEventListener("keydown", typed);
  document.getElementById("board-undo").addEventListener("click", undo);
  document.querySelector("#board-clear form")?.addEventListener("submit", clear);
  tools.addEventListener("submit", (event) => event.preventDefault());
}
window.addEventListener("online", () => wake());
window.addEventListener("beforeunload", leave);
