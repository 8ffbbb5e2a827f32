// The operations page asks for its parts by the clock. It says so when it cannot, and keeps what a
// reader has unfolded.

const stale = document.getElementById("ops-stale");
const isPart = (event) => event.target.closest?.("[data-part]");

document.body.addEventListener("htmx:afterRequest", (event) => {
  if (isPart(event)) stale.hidden = event.detail.successful;
});

document.body.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, pathInfo } = event.detail;
  // Whoever has been signed out is led elsewhere, and must not find that page in the middle of this one.
  if (!isPart(event) || !xhr.responseURL) return;
  if (new URL(xhr.responseURL).pathname !== pathInfo.finalRequestPath.split("?")[0]) {
    event.detail.shouldSwap = false;
    location.reload();
    return;
  }
  const open = [...event.target.querySelectorAll("details[open]")].map((each) => each.id);
  if (!open.length) return;
  document.body.addEventListener("htmx:afterSwap", () => {
    for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  }, { once: true });
});
