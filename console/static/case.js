// A case's page: drafts, older pages of the story, and a word when something happens meanwhile.
"use strict";

// What is typed stays with this window until it is sent, whatever becomes of the page.
const place = (field) => `${location.pathname}#${field.dataset.keep}`;
for (const field of document.querySelectorAll("[data-keep]")) {
  const kept = sessionStorage.getItem(place(field));
  if (kept && !field.value) field.value = kept;
  field.addEventListener("input", () => sessionStorage.setItem(place(field), field.value));
  field.form.addEventListener("submit", () => sessionStorage.removeItem(place(field)));
}

// What would become of the message: asked for when the typing rests.
const write = document.getElementById("write");
const message = document.getElementById("message");
let resting = 0;
const look = async () => {
  const answer = await fetch(write.dataset.draft, { method: "POST", body: new FormData(write), headers: { "X-Requested-With": "fetch" } });
  if (answer.ok && !answer.redirected) document.getElementById("draft").innerHTML = await answer.text();
};
if (message) {
  message.addEventListener("input", () => { clearTimeout(resting); resting = setTimeout(look, 400); });
  if (message.value) look();
}
document.addEventListener("click", (event) => {
  const draft = event.target.closest("[data-fill]");
  if (!draft || !message) return;
  message.value = draft.dataset.fill;
  message.dispatchEvent(new Event("input"));
  message.focus();
});

// Older entries are put below, without a new page.
document.addEventListener("click", async (event) => {
  const more = event.target.closest("[data-more]");
  if (!more) return;
  event.preventDefault();
  const answer = await fetch(more.dataset.more, { headers: { "X-Requested-With": "fetch" } });
  if (!answer.ok || answer.redirected) { location.href = more.href; return; }
  more.closest(".older").outerHTML = await answer.text();
});

// A page never changes under a hand that is typing: it says that something happened.
const told = document.getElementById("news");
let news = null;
const listen = () => {
  if (!told || news || document.hidden || !told.hidden) return;
  news = new EventSource(`${told.dataset.stream}&since=${encodeURIComponent(told.dataset.since)}`);
  news.addEventListener("news", () => { told.hidden = false; rest(); });
};
const rest = () => { if (news) { news.close(); news = null; } };
document.addEventListener("visibilitychange", () => (document.hidden ? rest() : listen()));
window.addEventListener("pagehide", rest);
listen();
