"""The style of a report's page. It is the same for all reports, so that its hash can be allowed."""

import hashlib
from base64 import b64encode
from typing import Final

STYLE: Final = """
:root {
  color-scheme: light dark;
  --paper: #fff; --ink: #1b2325; --quiet: #566266; --line: #dedbd2; --zebra: #f6f5f1;
  --focus: #0b6068;
  font: 100%/1.5 ui-sans-serif, system-ui, "Segoe UI", Roboto, "Noto Sans", sans-serif;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #12181a; --ink: #e9e7e1; --quiet: #a5b0b4; --line: #313b3f; --zebra: #1b2326;
    --focus: #77cdc8;
  }
}
*, *::before, *::after { box-sizing: border-box; }
html { background: var(--paper); color: var(--ink); -webkit-text-size-adjust: 100%; }
body { max-width: 72rem; margin: 0 auto; padding: 1rem; overflow-wrap: anywhere; }
h1, h2, p, dl, dd, figure { margin: 0; }
h1 { font-size: 1.75rem; line-height: 1.2; }
h2 { font-size: 1.125rem; line-height: 1.3; margin: 0 0 0.5rem; }
section { margin: 2rem 0; }
.band { display: block; width: 100%; height: 0.375rem; margin-bottom: 1rem; }
.centre { font-weight: 650; color: var(--quiet); }
.subtitle { font-size: 1.125rem; }
.filters { margin-top: 0.75rem; font-size: 0.9375rem; }
.filters div { display: flex; flex-wrap: wrap; gap: 0 0.5rem; }
dt { color: var(--quiet); }
.facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(9rem, 1fr)); gap: 1rem; }
.facts div { border-inline-start: 3px solid var(--line); padding-inline-start: 0.75rem; }
.facts dt { font-size: 0.875rem; }
.facts dd { font-size: 1.25rem; font-weight: 650; }
.text { max-width: 42rem; }
.text p + p { margin-top: 0.75rem; }
img { display: block; max-width: 100%; height: auto; background: #fff; border-radius: 0.5rem; }
figcaption, .empty { color: var(--quiet); margin-top: 0.5rem; }
.scroll { overflow-x: auto; }
.scroll:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; }
table { border-collapse: collapse; width: 100%; font-size: 0.875rem; line-height: 1.35; }
th, td {
  text-align: start; vertical-align: top; padding: 0.375rem 0.625rem; min-width: 4.5rem;
  border-bottom: 1px solid var(--line); overflow-wrap: break-word; max-width: 24rem;
}
thead th { border-bottom: 2px solid var(--quiet); vertical-align: bottom; }
tbody th { font-weight: 500; }
tbody tr:nth-child(even) { background: var(--zebra); }
.n { text-align: end; font-variant-numeric: tabular-nums; white-space: nowrap; }
.hidden {
  position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
  white-space: nowrap;
}
footer { border-top: 1px solid var(--line); padding: 1rem 0; }
footer { color: var(--quiet); font-size: 0.875rem; }
@media print {
  :root {
    --paper: #fff; --ink: #000; --quiet: #444; --line: #bbb; --zebra: #fff; font-size: 10pt;
  }
  body { max-width: none; padding: 0; }
  .scroll { overflow: visible; }
  tr, figure, .facts div { break-inside: avoid; }
  h2 { break-after: avoid; }
}
"""

# As a policy names it.
STYLE_CSP: Final = f"'sha256-{b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()}'"
