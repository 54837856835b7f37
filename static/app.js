/* Three small aids; every page works without them. */
"use strict";

/* Copy buttons are in the page but hidden; they appear when a script can serve them. */
const offerCopies = (root) => {
  for (const button of root.querySelectorAll("[data-copy][hidden]")) button.hidden = false;
};

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(button.dataset.copy);
  document.getElementById("live").textContent = button.dataset.copied;
});

/* A form is sent once: the button that was pressed shows that it works. */
document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (!button || event.target.method !== "post") return;
  if (button.getAttribute("aria-busy") === "true") event.preventDefault();
  else button.setAttribute("aria-busy", "true");
});
window.addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("[aria-busy=true]")) button.removeAttribute("aria-busy");
});

/* htmx: say it when the server did not answer or broke, and let the button be pressed again. */
const trouble = (hidden) => () => {
  const note = document.getElementById("trouble");
  if (note) note.hidden = hidden;
};
document.addEventListener("htmx:beforeRequest", trouble(true));
document.addEventListener("htmx:sendError", trouble(false));
document.addEventListener("htmx:responseError", trouble(false));
document.addEventListener("htmx:afterRequest", (event) => {
  for (const button of event.detail.elt.querySelectorAll("[aria-busy=true]")) button.removeAttribute("aria-busy");
});
document.addEventListener("htmx:load", (event) => offerCopies(event.detail.elt));
document.addEventListener("DOMContentLoaded", () => offerCopies(document));
