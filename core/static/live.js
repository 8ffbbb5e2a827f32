// Follows the person's own stream over one socket: toasts, and lists that renew themselves.
//
// `last` is the number of the newest entry that this page has seen. It begins with the number the
// page was rendered at and is what every new connection resumes from, so that nothing is lost and
// nothing is shown twice.

const page = document.body.dataset;
const indicator = document.getElementById("live");
const toasts = document.getElementById("toasts");
const template = document.getElementById("toast");

const TOAST_FOR = 8_000; // ms
const MOST_TOASTS = 3;
const LONGEST_WAIT = 20_000; // ms between two attempts to connect
const PING_EVERY = 20_000; // ms
const ANSWER_WITHIN = 8_000; // ms, to a ping or to a new connection
const NOT_SIGNED_IN = 4401;
const NOT_ALLOWED = 4403;

let last = Number(page.liveAfter);

// Further streams that this page follows: `<div data-stream="ticket:7" data-stream-after="3">`. What
// listens for `schoolbell:stream` fetches itself anew; the entries themselves are not shown. Parts that
// are fetched later may name more of them.
const others = new Map();
let socket = null;
let failures = 0;
let retryTimer = 0;
let answerTimer = 0;

// The connection

function connect() {
  clearTimeout(retryTimer);
  socket?.close();
  const mine = new WebSocket(`${location.origin.replace(/^http/, "ws")}/ws/`);
  socket = mine;
  expectAnswer();
  mine.onopen = subscribe;
  mine.onmessage = (event) => mine === socket && receive(JSON.parse(event.data));
  mine.onclose = (event) => mine === socket && lost(event.code);
}

function send(frame) {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame));
}

function subscribe() {
  send({ op: "subscribe", stream: "me", after: last, ref: "me" });
  for (const [stream, after] of others) send({ op: "subscribe", stream, after, ref: stream });
}

function follow() {
  for (const { dataset } of document.querySelectorAll("[data-stream]")) {
    const { stream, streamAfter } = dataset;
    if (others.has(stream)) continue;
    others.set(stream, Number(streamAfter));
    send({ op: "subscribe", stream, after: others.get(stream), ref: stream });
  }
}

function shows(stream) {
  return document.querySelector(`[data-stream="${CSS.escape(stream)}"]`) !== null;
}

// A connection can die without a word: whoever owes an answer and is late is given up.
function expectAnswer() {
  clearTimeout(answerTimer);
  answerTimer = setTimeout(() => lost(), ANSWER_WITHIN);
}

function lost(code) {
  clearTimeout(answerTimer);
  const old = socket;
  socket = null;
  old?.close();
  if (code === NOT_SIGNED_IN) return leave();
  if (code === NOT_ALLOWED) return show("off");
  show("lost");
  const wait = Math.min(LONGEST_WAIT, 500 * 2 ** Math.min(failures++, 6));
  retryTimer = setTimeout(connect, wait * (0.5 + Math.random() / 2));
}

function leave() {
  location.assign(`${page.signIn}?next=${encodeURIComponent(location.pathname + location.search)}`);
}

function wake() {
  if (document.visibilityState !== "visible") return;
  for (const shown of toasts.children) release(shown);
  failures = 0;
  if (socket?.readyState === WebSocket.OPEN) ping();
  else if (socket?.readyState !== WebSocket.CONNECTING) connect();
}

function ping() {
  if (socket?.readyState !== WebSocket.OPEN) return;
  send({ op: "ping" });
  expectAnswer();
}

// What the server says

const answers = {
  subscribed: () => {
    failures = 0;
    show("live");
  },
  entry: takeEntry,
  // The heartbeat tells of entries that did not come: a hint got lost, and they are asked for.
  head: ({ seq }) => seq > last && subscribe(),
  // More was missed than is kept. The parts of the page read themselves anew; entries go on from here.
  resync: ({ seq }) => {
    last = seq;
    renew();
  },
  tick: ({ type, data }) => type === "job" && showJob(data),
  error: ({ code, detail, ref }) => {
    // The page is another by now, unless it has seen to that itself, and shows nothing of the stream.
    if (code === "not_allowed" && others.delete(ref) && shows(ref)) return location.reload();
    console.warn("live:", code, detail);
  },
};

function receive(frame) {
  clearTimeout(answerTimer);
  if (others.has(frame.stream)) return receiveOther(frame);
  if (frame.stream && frame.stream !== "me") return;
  answers[frame.op]?.(frame);
}

function takeEntry({ seq, type, data }) {
  if (seq <= last) return;
  if (seq > last + 1) return subscribe(); // some are missing: all after `last`, in order, please
  last = seq;
  if (type === "notice" || type === "notice_taken_back") renew();
  if (type === "notice" && !data.quiet) toast(data);
}

function receiveOther({ op, stream, seq, type, data }) {
  const after = others.get(stream);
  if (op === "tick" && type === "progress") return showProgress(data);
  if (op === "tick") return tell("schoolbell:tick", { stream, type, data });
  if (op === "head" && seq > after) send({ op: "subscribe", stream, after, ref: stream });
  if (!(op === "resync" || (op === "entry" && seq > after))) return;
  others.set(stream, seq);
  tell("schoolbell:stream", { stream, op, seq, type, data });
}

// A page that shows a stream itself listens for this, and says a frame by `schoolbell:say`.
function tell(name, detail) {
  document.body.dispatchEvent(new CustomEvent(name, { detail }));
}

// What the person sees

function show(state) {
  indicator.hidden = false;
  indicator.dataset.state = state;
  indicator.querySelector(".live-word").textContent = indicator.dataset[state];
}

// The parts of the page that listen for this (hx-trigger) fetch themselves anew.
function renew() {
  document.body.dispatchEvent(new CustomEvent("schoolbell:news"));
}

// How far a job is; what it was for fetches itself anew when it has ended.
function showJob({ id, state, progress }) {
  for (const bar of document.querySelectorAll(`progress[data-job="${CSS.escape(id)}"]`)) {
    bar.value = progress;
    if (!["requested", "running"].includes(state)) {
      document.body.dispatchEvent(new CustomEvent("schoolbell:job"));
    }
  }
}

// How far a report is that is being made, in a bar and in words.
function showProgress({ id, progress, stage, rows, total }) {
  const report = CSS.escape(id);
  for (const bar of document.querySelectorAll(`progress[data-report="${report}"]`)) bar.value = progress;
  for (const said of document.querySelectorAll(`[data-report-said="${report}"]`)) {
    const words = said.dataset[stage] ?? "";
    const count = (number) => number.toLocaleString(document.documentElement.lang);
    said.textContent = words.replace("{rows}", count(rows)).replace("{total}", count(total));
  }
}

function toast({ title, body, url, centre_id: centre }) {
  const shown = template.content.cloneNode(true).firstElementChild;
  const link = shown.querySelector(".toast-title");
  link.textContent = title;
  link.href = centre === page.centre ? ownAddress(url) : page.notices;
  shown.querySelector(".toast-body").textContent = body;
  shown.querySelector(".toast-close").onclick = () => dismiss(shown);
  for (const start of ["mouseenter", "focusin"]) shown.addEventListener(start, () => hold(shown));
  for (const end of ["mouseleave", "focusout"]) shown.addEventListener(end, () => release(shown));
  toasts.append(shown);
  while (toasts.children.length > MOST_TOASTS) dismiss(toasts.firstElementChild);
  release(shown);
}

function ownAddress(url) {
  const address = new URL(url, location.origin);
  return address.origin === location.origin ? address.href : page.notices;
}

function hold(shown) {
  clearTimeout(shown.timer);
}

function release(shown) {
  hold(shown);
  const isHeld = document.hidden || shown.matches(":hover, :focus-within");
  if (!isHeld) shown.timer = setTimeout(dismiss, TOAST_FOR, shown);
}

function dismiss(shown) {
  hold(shown);
  const hadFocus = shown.contains(document.activeElement);
  shown.remove();
  if (hadFocus) document.getElementById("main").focus({ preventScroll: true });
}

// A form is sent once, however often its button is pressed.
function sendOnce(event) {
  if (event.target.dataset.sent) event.preventDefault();
  event.target.dataset.sent = "yes";
}

function sendAgain(event) {
  if (event.persisted) for (const form of document.forms) delete form.dataset.sent;
}

follow();
document.body.addEventListener("htmx:load", follow);
document.body.addEventListener("schoolbell:say", ({ detail }) => send(detail));
document.addEventListener("submit", sendOnce);
document.addEventListener("visibilitychange", wake);
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && toasts.lastElementChild) dismiss(toasts.lastElementChild);
});
window.addEventListener("online", wake);
window.addEventListener("pageshow", (event) => {
  sendAgain(event);
  if (event.persisted) wake();
});
setInterval(ping, PING_EVERY);
connect();
