// Puts the code from the mail's link into the form. It stands behind the `#`, so that it is in no
// request and in no log, and leaves the address bar at once.
const field = document.querySelector("#id_code");

const take = () => {
  const code = decodeURIComponent(location.hash.slice(1));
  if (!code) return;
  field.value = code;
  history.replaceState(null, "", location.pathname);
  document.querySelector("#id_new_password").focus();
};

addEventListener("hashchange", take); // the link was opened in the tab that shows this page already
take();
