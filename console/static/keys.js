// j and k walk through the list, Enter opens what has the focus; elements with data-key answer to
// their key. Nothing here is needed to work: every one of them is a link, a field or a button.
"use strict";

const typing = (element) => element.closest("input, textarea, select, [contenteditable]") !== null;

const walk = (step) => {
  const rows = [...document.querySelectorAll("[data-row]")];
  const at = rows.indexOf(document.activeElement);
  const next = rows[at < 0 ? (step > 0 ? 0 : rows.length - 1) : at + step];
  if (next) {
    next.focus();
    next.closest(".line").scrollIntoView({ block: "nearest" });
  }
};

const reach = (key) => {
  const element = [...document.querySelectorAll("[data-key]")].find((each) => each.dataset.key === key);
  if (!element) return false;
  if (element.matches("a")) element.click();
  else element.focus();
  return true;
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (typing(event.target)) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  const help = document.getElementById("keys");
  if (help && help.open) return;
  if (event.key === "?" && help) help.showModal();
  else if (event.key === "j" || event.key === "k") walk(event.key === "j" ? 1 : -1);
  else if (event.key.length !== 1 || !reach(event.key)) return;
  event.preventDefault();
});

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-open]");
  if (opener) document.getElementById(opener.dataset.open).showModal();
});

// A form elsewhere on the page takes the note that is being typed along, so that it is saved too.
document.addEventListener("submit", (event) => {
  const note = document.querySelector(".act textarea");
  if (note && event.target.matches("[data-with-note]")) event.target.elements.note.value = note.value;
});
