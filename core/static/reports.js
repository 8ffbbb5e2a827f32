// Looks through long lists of choices while a report is asked for. Without it they are all shown.

function plain(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

function search(list) {
  const tools = list.querySelector(".choices-tools");
  if (!tools || !tools.hidden) return;
  tools.hidden = false;
  const field = tools.querySelector("[data-search]");
  const count = tools.querySelector("[data-count]");
  const choices = [...list.querySelectorAll(".check")];

  function show() {
    const wanted = plain(field.value.trim());
    for (const choice of choices) choice.hidden = !plain(choice.textContent).includes(wanted);
    tell();
  }

  function tell() {
    const chosen = choices.filter((choice) => choice.querySelector("input").checked).length;
    const shown = choices.filter((choice) => !choice.hidden).length;
    count.textContent = count.dataset.says.replace("{chosen}", chosen).replace("{shown}", shown);
  }

  field.addEventListener("input", show);
  // Enter would send the form from within the search.
  field.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
  list.addEventListener("change", tell);
  tell();
}

function prepare() {
  for (const list of document.querySelectorAll("[data-choices]")) search(list);
}

document.body.addEventListener("htmx:load", prepare);
prepare();
