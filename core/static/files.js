// Uploads the files of a form while the rest of it is filled in (templates/files/picker.html).
//
// Each file is a row with its progress; uploaded, it holds a hidden field with the file's id. The form
// waits for those on their way, and does not go while one of them has failed.

const UNITS = ["Bytes", "kB", "MB"];

const WHY = { 413: "sayLarge", 415: "sayType" };

function sizeOf(bytes) {
  let unit = 0;
  for (; bytes >= 1000 && unit < UNITS.length - 1; unit++) bytes /= 1000;
  return `${unit ? bytes.toFixed(1) : bytes} ${UNITS[unit]}`;
}

class Picker {
  constructor(root) {
    this.root = root;
    this.form = root.closest("form");
    this.input = root.querySelector("input[type=file]");
    this.list = root.querySelector("ul");
    this.status = root.querySelector("[role=status]");
    this.template = root.querySelector("template");
    this.waiting = null; // the button with which the form was to be sent
    this.input.removeAttribute("name"); // what is chosen goes by itself, not with the form
    for (const kept of [...this.list.children]) this.takeOver(kept);
    this.input.addEventListener("change", () => this.choose());
    this.form.addEventListener("submit", (event) => this.hold(event));
  }

  say(what, values = {}) {
    const words = this.root.dataset[`say${what}`] ?? "";
    this.status.textContent = words.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
  }

  rows(state) {
    return [...this.list.children].filter((row) => row.dataset.state === state);
  }

  // What the server has rendered with a tick box becomes a row like the others.
  takeOver(kept) {
    const { id, fileName, size } = kept.dataset;
    const row = this.row(fileName, Number(size));
    this.finish(row, id);
    kept.replaceWith(row);
  }

  row(name, size) {
    const row = this.template.content.cloneNode(true).firstElementChild;
    row.dataset.fileName = name;
    row.querySelector(".file-name").textContent = name;
    row.querySelector(".file-size").textContent = sizeOf(size);
    row.querySelector("button .sr").textContent = ` ${name}`;
    row.querySelector("button").addEventListener("click", () => this.remove(row));
    return row;
  }

  choose() {
    const chosen = [...this.input.files];
    this.isFull = this.list.children.length + chosen.length > Number(this.root.dataset.most);
    this.input.value = ""; // the same file may be chosen again after its removal
    for (const file of chosen) {
      if (this.list.children.length >= Number(this.root.dataset.most)) return this.say("Most");
      const row = this.row(file.name, file.size);
      this.list.append(row);
      this.upload(row, file);
    }
  }

  upload(row, file) {
    const request = new XMLHttpRequest();
    const form = new FormData();
    form.append("purpose", this.root.dataset.purpose);
    form.append("file", file);
    const progress = row.querySelector("progress");
    row.dataset.state = "sending";
    row.request = request;
    request.upload.onprogress = ({ loaded, total }) => (progress.value = loaded / total);
    request.onload = () => this.answered(row, request);
    request.onerror = () => this.fail(row, this.root.dataset.sayLost);
    this.send(request, "POST", this.root.dataset.address, form);
  }

  send(request, method, address, body) {
    request.open(method, address);
    request.responseType = "json";
    request.setRequestHeader("X-CSRFToken", this.form.elements.csrfmiddlewaretoken.value);
    const { centre } = document.body.dataset;
    if (centre) request.setRequestHeader("X-Centre", centre);
    request.send(body);
  }

  answered(row, { status, response }) {
    // The API's own words are English; the page's are the reader's.
    if (status !== 201) return this.fail(row, this.root.dataset[WHY[status] ?? "sayRefused"]);
    row.isNew = true;
    this.finish(row, response.id);
    if (!this.isFull) this.say("Kept", { name: response.name }); // that too many were chosen stays to be read
    this.goOn();
  }

  finish(row, id) {
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name: this.root.dataset.name, value: id });
    row.append(field);
    row.dataset.id = id;
    row.dataset.state = "kept";
    row.querySelector("progress").remove();
  }

  fail(row, why) {
    row.dataset.state = "failed";
    row.querySelector("progress").remove();
    const error = row.querySelector(".wrong");
    error.textContent = why;
    error.hidden = false;
    error.setAttribute("role", "alert");
    this.goOn();
  }

  remove(row) {
    const { id, fileName } = row.dataset;
    row.request?.abort();
    if (row.isNew) this.send(new XMLHttpRequest(), "DELETE", `${this.root.dataset.address}/${id}`);
    const next = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    (next?.querySelector("button") ?? this.input).focus();
    this.say("Removed", { name: fileName });
    this.goOn();
  }

  // Stops the event here, so that the form does not count as sent (live.js).
  hold(event) {
    const isSending = this.rows("sending").length > 0;
    const [failed] = this.rows("failed");
    if (!isSending && !failed) return;
    event.preventDefault();
    event.stopPropagation();
    this.say(isSending ? "Waiting" : "Failed");
    if (isSending) this.waiting = event.submitter ?? undefined;
    else failed.querySelector("button").focus();
  }

  goOn() {
    if (this.waiting === null || this.rows("sending").length > 0) return;
    const submitter = this.waiting;
    this.waiting = null;
    this.form.requestSubmit(submitter);
  }
}

function start() {
  for (const root of document.querySelectorAll("[data-picker]:not([data-ready])")) {
    root.dataset.ready = "yes";
    new Picker(root);
  }
}

start();
document.addEventListener("htmx:load", start); // pickers in what htmx has fetched
