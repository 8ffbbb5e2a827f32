// Shows a centre's colour at the top of the page while it is being chosen.

const field = document.querySelector('input[type="color"]');
const root = document.documentElement.style;

// The same sums as core/centres/colour.py: white or black, whichever is easier to read.
function textOn(colour) {
  const [red, green, blue] = [1, 3, 5].map((at) => linear(parseInt(colour.slice(at, at + 2), 16) / 255));
  const luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  return 1.05 / (luminance + 0.05) >= (luminance + 0.05) / 0.05 ? "#ffffff" : "#000000";
}

function linear(share) {
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
}

field.addEventListener("input", () => {
  root.setProperty("--centre", field.value);
  root.setProperty("--on-centre", textOn(field.value));
});
