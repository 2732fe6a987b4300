// The list: keys that act on the chosen line, and its live part. Without this script every line is
// a link and every action a button on the case's page.
"use strict";

const list = document.getElementById("queue");

// Keys of a line act on the one that has the focus; keys of the page press their button.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.closest("input, textarea, select, dialog[open]") || document.querySelector("dialog[open]")) return;
  const line = document.activeElement.closest("[data-handoff]");
  const button =
    (line && line.querySelector(`[data-row-key="${CSS.escape(event.key)}"]`)) ||
    document.querySelector(`[data-press="${CSS.escape(event.key)}"]`);
  if (!button) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  button.click();
}, true);

// A dialog for one line: its form goes to that line's hand-off.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-row-open]");
  if (!opener) return;
  const dialog = document.getElementById(opener.dataset.rowOpen);
  const form = dialog.querySelector("[data-row-form]");
  form.action = form.dataset.rowForm.replace("/0/", `/${opener.closest("[data-handoff]").dataset.handoff}/`);
  dialog.showModal();
});

// A filter applies as soon as it is chosen.
const filters = document.querySelector("[data-filters]");
if (filters) {
  filters.addEventListener("change", () => filters.requestSubmit());
  filters.querySelector("[data-without-script]").hidden = true;
}

const chosen = () => {
  const line = document.activeElement.closest("[data-handoff]");
  return line && line.dataset.handoff;
};

// What was chosen stays chosen; lines that were not there before are marked for a moment.
const show = (html) => {
  const known = new Set([...list.querySelectorAll("[data-handoff]")].map((line) => line.dataset.handoff));
  const focus = chosen();
  list.innerHTML = html;
  for (const line of list.querySelectorAll("[data-handoff]")) {
    if (!known.has(line.dataset.handoff)) line.classList.add("fresh");
  }
  const again = focus && list.querySelector(`[data-handoff="${focus}"] [data-row]`);
  if (again) again.focus({ preventScroll: true });
  const todo = list.querySelector("[data-todo]").dataset.todo;
  document.title = document.title.replace(/^\(\d+\) /, "");
  if (todo !== "0") document.title = `(${todo}) ${document.title}`;
  const told = document.getElementById("told");
  told.textContent = told.dataset.news;
};

// News that come while the list is on its way, or behind an open dialog, are fetched afterwards.
let fetching = false;
let waiting = false;
const refresh = async () => {
  waiting = true;
  if (fetching) return;
  fetching = true;
  try {
    while (waiting && !document.querySelector("dialog[open]")) {
      waiting = false;
      const answer = await fetch(list.dataset.live, { headers: { "X-Requested-With": "fetch" } });
      if (answer.ok && !answer.redirected) show(await answer.text());
    }
  } catch {
    waiting = true; // the line is down, or the page is being left
  } finally {
    fetching = false;
  }
};

// News come as server-sent events; a page nobody looks at does not ask, and asks at once when it is
// looked at again.
let news = null;
const listen = () => {
  if (news || document.hidden) return;
  news = new EventSource(`${list.dataset.stream}?since=${encodeURIComponent(list.dataset.since)}`);
  news.addEventListener("news", refresh);
};
const rest = () => { if (news) { news.close(); news = null; } };
document.addEventListener("visibilitychange", () => {
  if (document.hidden) { rest(); return; }
  refresh();
  listen();
});
for (const dialog of document.querySelectorAll("dialog")) {
  dialog.addEventListener("close", () => { if (waiting) refresh(); });
}
window.addEventListener("pagehide", rest);
if (list) listen();
