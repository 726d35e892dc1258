// A sheet at the desk. Without this file the page works too.
import { keyable } from "./keyboard.js";

const form = document.getElementById("keying");
if (form) {
  const said = document.getElementById("said");
  const sheet = keyable(form, (words) => (said.textContent = words), document.getElementById("store"));
  if (!document.querySelector(".nhsuk-error-summary")) sheet.begin();
}
