// Keys for what a page offers: whatever names its own in `aria-keyshortcuts` is pressed by them.
//
// All of them need Ctrl (or Command) or Alt, so that nobody who types, or dictates, sets one off.

function pressed(event) {
  const parts = [];
  if (event.ctrlKey || event.metaKey) parts.push("Control");
  if (event.altKey) parts.push("Alt");
  if (event.shiftKey) parts.push("Shift");
  const key = event.key.length === 1 ? event.key.toUpperCase() : event.key;
  return parts.length ? [...parts, key].join("+") : "";
}

document.addEventListener("keydown", (event) => {
  const keys = pressed(event);
  if (!keys || event.isComposing) return;
  const found = document.querySelector(`[aria-keyshortcuts="${CSS.escape(keys)}"]`);
  if (!found) return;
  event.preventDefault();
  if (event.repeat) return;
  found.focus();
  found.click();
});

// Where a page is for nothing but filling in, who has a keyboard begins at once.
if (matchMedia("(any-pointer: fine)").matches) {
  document.querySelector("[data-begin] input:not([type=hidden])")?.focus();
}

for (const legend of document.querySelectorAll("[data-keys]")) legend.hidden = false;
