// Puts the code from the mail's link into the form. It stands behind the `#`, so that it is in no
// request and in no log, and leaves the address bar at once.
const code = decodeURIComponent(location.hash.slice(1));
const field = document.querySelector("#id_code");

if (code && field && !field.value) {
  field.value = code;
  history.replaceState(null, "", location.pathname);
  document.querySelector("#id_new_password")?.focus();
}
