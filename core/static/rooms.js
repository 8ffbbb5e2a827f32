// The page of a room: sends without a reload, notes what was read, and keeps the reader's place.
//
// The frame in which messages stand scrolls from its end (flex-direction: column-reverse): there its
// `scrollTop` is 0, and it is negative above.

const NEAR = 40; // px from the end that still count as the end
const page = document.body.dataset;

let isSaid = false; // what the reader wrote was taken, and comes with the next news
let keepPlace = () => {};

const byId = (id) => document.getElementById(id);
const depth = (part) => part.getBoundingClientRect().top - byId("talk").getBoundingClientRect().top;
const isAtEnd = () => byId("talk").scrollTop > -NEAR;

// Sending. The picker of files holds the event back for as long as files are on their way (files.js).

function send(event) {
  if (event.target.id !== "word" || !window.htmx) return;
  event.preventDefault();
  event.target.dispatchEvent(new Event("schoolbell:send"));
}

function sendByKey(event) {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  if (!event.target.matches(".room textarea")) return;
  event.preventDefault();
  event.target.form.requestSubmit();
}

// While a message is on its way nothing is typed: the form that comes back is empty.
function hold() {
  byId("room-unsent").hidden = true;
  byId("id_body").readOnly = true;
}

function release({ elt, successful }) {
  if (isSaid) byId("id_body").focus({ preventScroll: true });
  if (!elt.isConnected) return; // another form stands in its place
  byId("id_body").readOnly = false;
  byId("room-unsent").hidden = successful === true;
}

// Names to choose from are put where the caret is.

function putName(event) {
  const button = event.target.closest("[data-mention]");
  if (!button) return;
  const words = byId("id_body");
  const before = words.value.slice(0, words.selectionStart);
  const space = before === "" || /\s$/.test(before) ? "" : " ";
  words.setRangeText(`${space}@${button.dataset.mention} `, words.selectionStart, words.selectionEnd, "end");
  words.focus();
}

// Reading. What the page shows at its end counts as read when somebody looks at it.

function read() {
  const { readUpTo, readAddress } = byId("room-now").dataset;
  const others = document.querySelectorAll("#said .said:not(.said-own)");
  const last = Number(others[others.length - 1]?.dataset.seq ?? 0);
  if (last <= Number(readUpTo) || document.visibilityState !== "visible" || !isAtEnd()) return;
  byId("room-now").dataset.readUpTo = last;
  fetch(readAddress, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      "X-CSRFToken": document.querySelector("[name=csrfmiddlewaretoken]").value,
      "X-Centre": page.centre,
    },
    body: JSON.stringify({ up_to: last }),
  }).catch(() => (byId("room-now").dataset.readUpTo = readUpTo)); // with the next message, then
}

// Before something new is put at the end: who reads above stays where they are.
function notePlace() {
  const goesToEnd = isAtEnd() || isSaid;
  const last = byId("said").lastElementChild?.id;
  const first = [...document.querySelectorAll("#talk .said")].find((each) => depth(each) > -each.offsetHeight);
  const before = first && depth(first);
  isSaid = false;
  keepPlace = () => {
    if (goesToEnd) return (byId("talk").scrollTop = 0);
    const again = first && byId(first.id);
    if (again) byId("talk").scrollTop += depth(again) - before;
    if (byId("said").lastElementChild?.id !== last) byId("talk-newer").hidden = false;
  };
}

function look() {
  byId("talk-newer").hidden ||= isAtEnd();
  read();
}

function prepare() {
  for (const part of document.querySelectorAll("[data-scripted]")) part.hidden = false;
  byId("talk").onscroll = look;
  byId("talk-newer").onclick = () => {
    byId("talk").scrollTop = 0;
    byId("id_body")?.focus({ preventScroll: true });
  };
  look();
}

document.addEventListener("submit", send);
document.addEventListener("keydown", sendByKey);
document.addEventListener("click", putName);
document.addEventListener("visibilitychange", look);
document.body.addEventListener("schoolbell:said", () => (isSaid = true));
document.body.addEventListener("htmx:beforeRequest", ({ detail }) => detail.elt.id === "word" && hold());
document.body.addEventListener("htmx:beforeSwap", ({ detail }) => detail.elt.id === "room-news" && notePlace());
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (detail.elt.id === "word") release(detail);
  if (detail.elt.id === "room-news") keepPlace();
  prepare();
});
prepare();
