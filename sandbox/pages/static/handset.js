// The handset: a list of conversations, one of them open, live.

import { bubble, daySeparator } from "./bubble.js";
import { openCall, routeCall, startPhone } from "./phone.js";
import { ask, dayKey, dayOf, make, repeat, shortDayOf, timeOf } from "./page.js";

const QUICK = [
  "收到", "明天还两千", "我已经还了", "下周五发工资再还", "能分期吗？", "金额不对", "打错了", "现在没钱",
  "发个还款链接", "晚上八点再联系我", "转人工", "退订", "1", "2",
];
const byId = (id) => document.getElementById(id);
const list = byId("threads");
const bubbles = byId("bubbles");
const text = byId("text");
let open = readHash();
let rev = -1;
let shown = new Map(); // sid → rev of the bubbles on screen

function readHash() {
  const parts = decodeURIComponent(location.hash.slice(1)).split("/");
  return parts.length === 2 && parts[0] !== "call" ? { debtor: parts[0], sender: parts[1] } : null;
}

const hashOf = (thread) => `#${encodeURIComponent(`${thread.debtor}/${thread.sender}`)}`;
const pathOf = (thread) => `/sandbox/threads/${encodeURIComponent(thread.debtor)}/${encodeURIComponent(thread.sender)}`;
const isOpen = (thread) => open && open.debtor === thread.debtor && open.sender === thread.sender;

async function refresh() {
  const wanted = byId("search").value.trim();
  const news = await ask(`/sandbox/threads?rev=${rev}&q=${encodeURIComponent(wanted)}`);
  if (news === null) return tick();
  rev = news.rev;
  setClock(news.now);
  drawList(news, wanted);
  if (open) await refreshThread();
}

// ── the clock ────────────────────────────────────────────────────────────────
let clockOffset = 0;

function setClock(now) {
  clockOffset = new Date(now) - Date.now();
  tick();
}

function tick() {
  const now = new Date(Date.now() + clockOffset).toISOString();
  byId("clock").textContent = `${dayOf(now)} ${timeOf(now)}`;
}

async function readClock() {
  setClock((await ask("/sandbox/clock")).now);
}

// ── the list ─────────────────────────────────────────────────────────────────
function drawList(news, wanted) {
  document.title = news.unread ? `(${news.unread}) 模拟手机` : "模拟手机";
  const nothing = byId("nothing");
  nothing.hidden = news.threads.length > 0;
  nothing.textContent = wanted ? "没有找到。" : "还没有短信。推进模拟时钟，第一条提醒就会出现在这里。";
  list.hidden = !nothing.hidden || !textsShown();
  nothing.hidden = nothing.hidden || !textsShown();
  const focused = list.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  list.replaceChildren(...news.threads.map(row));
  if (focused) list.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
  for (const thread of news.threads) knowOurs(thread.sender);
}

const ours = new Set();

export function knowOurs(number) {
  if (ours.has(number)) return;
  ours.add(number);
  byId("senders").append(make("option", { value: number }));
}

function row(thread) {
  const unread = thread.unread && !isOpen(thread);
  const last = thread.last;
  const sign = /^【([^】]+)】/.exec(last.body);
  const body = last.inbound ? `我：${last.body}` : last.body.replace(/^【[^】]+】/, "");
  return make("li", {}, make("button", {
    class: unread ? "row unread" : "row", type: "button", "data-key": hashOf(thread),
    "aria-current": isOpen(thread) ? "true" : undefined,
    onclick: () => { location.hash = hashOf(thread); },
  },
    face(thread),
    make("div", { class: "row-main" },
      make("div", { class: "row-top" },
        make("span", { class: "row-number" }, thread.title),
        make("span", { class: "row-sign" }, sign ? sign[1] : ""),
        make("span", { class: "row-time" }, when(last.at))),
      make("div", { class: "row-bottom" },
        make("span", { class: "row-last" }, body.replace(/\s+/g, " ")),
        unread ? make("span", { class: "badge", "aria-label": `${thread.unread} 条未读` }, String(thread.unread)) : null))));
}

function face(thread) {
  return make("div", { class: `face ${faceColour(thread)}`, "aria-hidden": "true" }, thread.debtor.slice(-2));
}

const faceColour = (thread) => `c${Number(thread.debtor.slice(-4)) % 6 || 0}`;

function when(at) {
  const today = dayKey(new Date(Date.now() + clockOffset).toISOString());
  return dayKey(at) === today ? timeOf(at) : shortDayOf(at);
}

// ── one conversation ─────────────────────────────────────────────────────────
async function refreshThread() {
  const wanted = open;
  const thread = await ask(pathOf(wanted)).catch(() => null);
  if (wanted !== open) return;
  if (!thread) return close();
  drawHead(thread);
  drawBubbles(thread.messages);
  if (thread.unread && !document.hidden) await ask(`${pathOf(wanted)}/read`, {});
}

function drawHead(thread) {
  for (const id of ["thread-head", "bubbles", "reply"]) byId(id).hidden = false;
  byId("thread-empty").hidden = true;
  byId("thread-face").className = `face ${faceColour(thread)}`;
  byId("thread-face").textContent = thread.debtor.slice(-2);
  byId("thread-title").textContent = thread.title;
  byId("thread-sub").replaceChildren(`与 ${thread.sender_title} 的短信 · ${thread.count} 条`,
    thread.unsubscribed ? make("span", { class: "tag" }, "运营商已退订") : "");
}

function drawBubbles(messages) {
  const atEnd = bubbles.scrollHeight - bubbles.scrollTop - bubbles.clientHeight < 80;
  const first = shown.size === 0;
  let day = "";
  const items = [];
  for (const message of messages) {
    if (dayKey(message.created) !== day) {
      day = dayKey(message.created);
      items.push(daySeparator(message));
    }
    const known = shown.get(message.sid) === message.rev;
    const old = known && bubbles.querySelector(`[data-sid="${message.sid}"]`);
    items.push(old || bubble(message, !first && !shown.has(message.sid)));
  }
  bubbles.replaceChildren(...items);
  shown = new Map(messages.map((message) => [message.sid, message.rev]));
  if (first || atEnd) bubbles.scrollTop = bubbles.scrollHeight;
}

function show(thread) {
  open = thread;
  shown = new Map();
  bubbles.replaceChildren();
  byId("reply-note").textContent = "";
  for (const id of ["thread-head", "bubbles", "reply"]) byId(id).hidden = true;
  routeCall();
  byId("thread-empty").hidden = openCall();
  document.body.classList.toggle("reading", Boolean(thread) || openCall());
  rev = -1;
  look();
}

function close() {
  history.replaceState(null, "", location.pathname);
  show(null);
}

// ── writing ──────────────────────────────────────────────────────────────────
async function send(body) {
  const thread = open;
  if (!thread || !body.trim()) return;
  byId("reply-note").textContent = "";
  try {
    await ask("/sandbox/inbound", { from: thread.debtor, to: thread.sender, body });
    if (text.value === body) text.value = "";
    fit();
  } catch (error) {
    byId("reply-note").textContent = error.message;
  }
  bubbles.scrollTop = bubbles.scrollHeight;
  look();
}

function fit() {
  text.style.height = "auto";
  text.style.height = `${Math.min(text.scrollHeight + 2, 132)}px`;
  byId("reply").querySelector(".send").disabled = !text.value.trim();
}

async function sendNew(event) {
  event.preventDefault();
  const form = event.target;
  const fields = Object.fromEntries(new FormData(form));
  const error = form.querySelector(".form-error");
  error.hidden = true;
  try {
    await ask("/sandbox/inbound", fields);
    byId("new-dialog").close();
    form.reset();
    location.hash = hashOf({ debtor: fields.from, sender: fields.to });
  } catch (problem) {
    error.textContent = problem.message;
    error.hidden = false;
  }
}

byId("quick").append(...QUICK.map((words) =>
  make("button", { class: "chip", type: "button", onclick: () => send(words) }, words)));
byId("reply").addEventListener("submit", (event) => {
  event.preventDefault();
  send(text.value);
});
text.addEventListener("input", fit);
text.addEventListener("keydown", (event) => {
  // while an input method composes Chinese, Enter chooses a word
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  send(text.value);
});
byId("back").addEventListener("click", close);
byId("search").addEventListener("input", () => { rev = -1; look(); });
byId("compose-new").addEventListener("click", () => byId("new-dialog").showModal());
byId("new-cancel").addEventListener("click", () => byId("new-dialog").close());
byId("new-form").addEventListener("submit", sendNew);
window.addEventListener("hashchange", () => show(readHash()));

const textsShown = () => byId("section-texts").getAttribute("aria-pressed") === "true";

export function redrawTexts() {
  rev = -1;
  look();
}

fit();
const look = repeat(refresh, 800, (bad) => { byId("trouble").hidden = !bad; });
repeat(readClock, 3000, () => {});
startPhone({ knowOurs, redrawTexts, leave: close });
if (openCall()) show(null);
document.body.classList.toggle("reading", Boolean(open) || openCall());
