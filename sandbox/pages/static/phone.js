// The telephone of the handset: calls that ring, one of them open, keys, words, hanging up.

import { line } from "./callline.js";
import { ask, dayKey, dayOf, make, repeat, timeOf } from "./page.js";
import { canSpeak, ring, say, silence } from "./voice.js";

const KEYS = [..."123456789*0#"];
// what debtors say, by the language they are spoken to
const QUICK = {
  "cmn-CN": ["是我本人", "不是，你打错了", "我明天还", "周五发工资还一半", "已经还过了", "金额不对", "转人工", "晚上八点再打给我", "别再打了"],
  "cmn-TW": ["是我本人", "不是，你打錯了", "我明天繳", "週五領薪水先繳一半", "已經繳過了", "金額不對", "轉專人", "晚上八點再打給我", "別再打了"],
  "yue-HK": ["係我本人", "唔係，你打錯咗", "我聽日還", "星期五出糧還一半先", "已經還咗", "金額唔啱", "搵專員", "今晚八點再打俾我", "唔好再打嚟"],
};
const QUICK_OF_COLLECTOR = ["您好，我是专员，请讲", "请稍等，我看一下您的账单", "可以，先还一半", "好的，再见"];
const STATUS = {
  queued: "排队中", initiated: "正在接通", ringing: "响铃中", "in-progress": "通话中", completed: "已结束",
  busy: "占线／拒接", "no-answer": "无人接听", failed: "无法接通", canceled: "已取消",
};
const byId = (id) => document.getElementById(id);
const only = new URLSearchParams(location.search).get("phone");
const list = byId("calls");
const said = byId("said");
let page = null; // what handset.js lets us use
let rev = -1;
let calls = [];
let wanted = null; // the sid of the open call
let shown = null; // the open call as last drawn
let sound = canSpeak();
let offset = 0;

export const openCall = () => Boolean(wanted);

export function startPhone(handset) {
  page = handset;
  routeCall();
  byId("keypad").append(...KEYS.map((key) =>
    make("button", { type: "button", "aria-label": `按 ${key}`, onclick: () => act("press", { keys: key }) }, key)));
  listen();
  repeat(refresh, 500, () => {});
  setInterval(tick, 1000);
}

export function routeCall() {
  const found = /^#call\/(CA[0-9a-f]{32})$/.exec(location.hash);
  const sid = found ? found[1] : null;
  if (sid === wanted) return;
  wanted = sid;
  shown = null;
  silence();
  said.replaceChildren();
  byId("call").hidden = !wanted;
  byId("call-note").textContent = "";
  drawToast();
  if (wanted) {
    showSection("calls");
    look();
  }
}

async function refresh() {
  const number = only ? `&number=${encodeURIComponent(only)}` : "";
  const news = await ask(`/sandbox/calls?recent=80&rev=${rev}${number}`);
  if (news === null) return;
  if (news.rev < rev) shown = null; // the sandbox was started anew
  rev = news.rev;
  offset = new Date(news.now) - Date.now();
  calls = news.calls;
  for (const call of calls) page.knowOurs(call.our_number);
  drawList();
  drawToast();
  await look();
}

async function look() {
  const sid = wanted;
  if (!sid) return;
  const call = await ask(`/sandbox/calls/${sid}`).catch(() => null);
  if (sid === wanted && call) draw(call);
  else if (sid === wanted) page.leave();
}

// ── the list ─────────────────────────────────────────────────────────────────
const rank = (call) => (call.status === "ringing" ? 0 : call.live ? 1 : 2);
const isRinging = (call) => call.status === "ringing" && !inbound(call);
const inbound = (call) => call.direction === "inbound";
const colour = (call) => `c${Number(call.handset.slice(-4)) % 6 || 0}`;

function drawList() {
  const ringing = calls.filter(isRinging).length;
  byId("calls-badge").hidden = !ringing;
  byId("calls-badge").textContent = String(ringing);
  const focused = list.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  const sorted = [...calls].sort((a, b) => rank(a) - rank(b) || b.seq - a.seq);
  list.replaceChildren(...(sorted.length ? sorted.map(row) : [make("li", { class: "none" }, "还没有电话。")]));
  if (focused) list.querySelector(`[data-key="${focused}"]`)?.focus();
}

function row(call) {
  const state = isRinging(call) ? "row rings" : call.live ? "row talks" : "row";
  return make("li", {}, make("button", {
    class: state, type: "button", "data-key": call.sid, "aria-current": call.sid === wanted ? "true" : undefined,
    onclick: () => { location.hash = `#call/${call.sid}`; },
  },
    make("div", { class: `face ${colour(call)}`, "aria-hidden": "true" }, call.handset.slice(-2)),
    make("div", { class: "row-main" },
      make("div", { class: "row-top" },
        make("span", { class: "row-number" }, call.title),
        make("span", { class: "row-sign" }, kindOf(call)),
        make("span", { class: "row-time" }, timeOf(call.created))),
      make("div", { class: "row-bottom" },
        make("span", { class: "row-last" }, lastOf(call)),
        make("span", { class: `state ${call.live ? "on" : call.answered_at ? "" : "missed"}` }, stateOf(call))))));
}

const kindOf = (call) => (inbound(call) ? "拨出" : call.direction === "outbound-dial" ? "转接来电" : "来电");
const lastOf = (call) => (call.last ? `${call.last.who === "them" ? "我：" : ""}${call.last.text}` : call.our_title);

function stateOf(call) {
  if (call.live || !call.answered_at) return STATUS[call.status];
  return clock(call.duration);
}

function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

function drawToast() {
  const busy = Boolean(shown && shown.sid === wanted && shown.live); // then only the desk's own phone may break in
  const call = calls.find((one) => isRinging(one) && one.sid !== wanted && (!busy || one.direction === "outbound-dial"));
  const toast = byId("toast");
  ring(sound && (Boolean(call) || Boolean(shown && shown.sid === wanted && isRinging(shown))));
  toast.hidden = !call;
  if (!call) return;
  toast.dataset.sid = call.sid;
  byId("toast-title").textContent = `${kindOf(call)} ${call.title}`;
  byId("toast-sub").textContent = `来自 ${call.our_title}`;
}

// ── one call ─────────────────────────────────────────────────────────────────
function draw(call) {
  const before = shown && shown.sid === call.sid ? shown : null;
  if (before && call.rev < before.rev) return; // answers may overtake each other
  shown = call;
  byId("call-face").className = `face ${colour(call)}`;
  byId("call-face").textContent = call.handset.slice(-2);
  byId("call-title").textContent = call.title;
  tick();
  drawSaid(call, before);
  const rings = isRinging(call);
  byId("ring").hidden = !rings;
  said.hidden = rings;
  byId("ring-kind").textContent = kindOf(call);
  byId("ring-from").textContent = call.our_title;
  drawToast();
  byId("talk").hidden = !(call.live && call.answered_at);
  if (!before || tongueOf(call) !== tongueOf(before)) drawQuick(call);
  drawWaits(call);
  if (rings && !before) byId("answer").focus();
  if (!call.live) silence();
}

const tongueOf = (call) => call.transcript.find((one) => one.language in QUICK)?.language ?? "cmn-CN";

function drawQuick(call) {
  const collector = call.direction === "outbound-dial";
  const chips = (collector ? QUICK_OF_COLLECTOR : QUICK[tongueOf(call)]).map((words) => chip(words, () => speak(words)));
  if (!collector) chips.unshift(...papersOf(call.owner));
  byId("talk-quick").replaceChildren(...chips);
}

const chip = (label, onclick, title) => make("button", { class: "chip", type: "button", title, onclick }, label);

// what the owner of a sample handset would know by heart: one tap keys it in
function papersOf(owner) {
  const papers = [];
  if (owner?.id_last4) {
    const keys = owner.id_last4.toUpperCase().replace("X", "*");
    papers.push(chip(`证件尾号 ${owner.id_last4}`, () => act("press", { keys }), "机主的身份证号码后四位，点一下按键输入"));
  }
  const digits = (owner?.contract ?? "").replace(/[^0-9]/g, "");
  if (digits.length >= 4) papers.push(chip(`合同 ${owner.contract}`, () => act("press", { keys: `${digits}#` }), "来电时按合同编号里的数字"));
  return papers;
}

function drawSaid(call, before) {
  const atEnd = said.scrollHeight - said.scrollTop - said.clientHeight < 80;
  const known = before ? before.transcript.length : 0;
  const fresh = call.transcript.slice(known);
  if (!before) said.replaceChildren(make("li", { class: "day", "data-day": dayKey(call.created) }, `${dayOf(call.created)} ${timeOf(call.created)}`));
  said.append(...fresh.map((one) => line(one, Boolean(before))).filter(Boolean));
  if (before || call.live) speakNew(call, before ? fresh : fresh.slice(-1));
  if (!before || atEnd) said.scrollTop = said.scrollHeight;
}

function speakNew(call, fresh) {
  if (!sound || !call.live) return;
  for (const one of fresh) {
    if (one.what === "cut" || one.who === "them") silence();
    else if (one.what === "say" || one.who === "other") say(one.text, one.language);
  }
}

const WAITS = {
  say: "对方正在说话", play: "正在播放", pause: "对方停顿", gather: "对方在听", record: "正在录音", dial: "正在转接，请稍候",
  bridge: "已与对方接通", queue: "排队等候中", detecting: "正在接通",
};

function drawWaits(call) {
  const waiting = call.waiting || { kind: "", accepts: [] };
  const takes = { dtmf: "可以按键", speech: "可以说话" };
  const also = waiting.accepts.map((kind) => takes[kind]).join("，");
  const keys = waiting.keys ? `已按 ${waiting.keys}` : "";
  const place = waiting.position ? `第 ${waiting.position} 位` : "";
  byId("waits").textContent = [WAITS[waiting.kind] || "", place, also, keys].filter(Boolean).join(" · ");
  const hears = waiting.accepts.includes("speech");
  byId("words").placeholder = hears ? "对着电话说…" : "现在对方听不到说话";
  byId("keypad").classList.toggle("idle", !waiting.accepts.includes("dtmf"));
}

function tick() {
  const call = shown;
  if (!call) return;
  const since = call.answered_at ? (Date.now() + offset - new Date(call.answered_at)) / 1000 : 0;
  const time = call.live && call.answered_at ? clock(Math.max(since, call.elapsed - answeredAfter(call))) : call.answered_at ? clock(call.duration) : "";
  const state = [`与 ${call.our_title}`, STATUS[call.status], time, call.sip && call.sip !== 200 ? `SIP ${call.sip}` : ""];
  byId("call-sub").replaceChildren(state.filter(Boolean).join(" · "),
    call.complaints.length ? make("span", { class: "tag", title: call.complaints.map((one) => `${one.code} ${one.detail}`).join("\n") }, `TwiML 有 ${call.complaints.length} 处问题`) : "");
}

const answeredAfter = (call) => (new Date(call.answered_at) - new Date(call.created)) / 1000;

// ── acting ───────────────────────────────────────────────────────────────────
async function act(what, body = {}, sid = wanted) {
  byId("call-note").textContent = "";
  try {
    const call = await ask(`/sandbox/calls/${sid}/${what}`, body);
    if (sid === wanted) draw(call);
    if (call.taken === false) byId("call-note").textContent = what === "press" ? "对方没有在等按键。" : "对方没有在听。";
    return call.taken;
  } catch (error) {
    byId("call-note").textContent = error.message;
    return false;
  }
}

async function answer(sid) {
  location.hash = `#call/${sid}`;
  await act("answer", { live: true }, sid);
  byId("words").focus();
}

async function speak(words) {
  if (!words.trim()) return;
  if (await act("speak", { text: words.trim() }) && byId("words").value === words) byId("words").value = "";
}

async function dial(event) {
  event.preventDefault();
  const form = event.target;
  const error = form.querySelector(".form-error");
  error.hidden = true;
  try {
    const call = await ask("/sandbox/calls", { ...Object.fromEntries(new FormData(form)), live: true });
    byId("dial-dialog").close();
    location.hash = `#call/${call.sid}`;
  } catch (problem) {
    error.textContent = problem.message;
    error.hidden = false;
  }
}

function showSection(name) {
  const texts = name === "texts";
  byId("section-texts").setAttribute("aria-pressed", String(texts));
  byId("section-calls").setAttribute("aria-pressed", String(!texts));
  list.hidden = texts;
  if (page) page.redrawTexts();
}

// digits typed anywhere but in a field are keys of the telephone
function typed(event) {
  const field = event.target.closest("input, textarea, dialog");
  const talking = shown && shown.live && shown.answered_at && wanted;
  if (field || !talking || event.ctrlKey || event.metaKey || event.altKey) return;
  if (KEYS.includes(event.key)) act("press", { keys: event.key });
}

function listen() {
  byId("answer").addEventListener("click", () => answer(wanted));
  byId("decline").addEventListener("click", () => act("decline"));
  byId("ignore").addEventListener("click", () => act("ignore"));
  byId("hangup").addEventListener("click", () => act("hangup"));
  byId("toast-open").addEventListener("click", () => { location.hash = `#call/${byId("toast").dataset.sid}`; });
  byId("toast-answer").addEventListener("click", () => answer(byId("toast").dataset.sid));
  byId("toast-decline").addEventListener("click", () => act("decline", {}, byId("toast").dataset.sid));
  byId("call-back").addEventListener("click", () => page.leave());
  byId("section-texts").addEventListener("click", () => showSection("texts"));
  byId("section-calls").addEventListener("click", () => showSection("calls"));
  byId("dial-new").addEventListener("click", () => byId("dial-dialog").showModal());
  byId("dial-cancel").addEventListener("click", () => byId("dial-dialog").close());
  byId("dial-form").addEventListener("submit", dial);
  byId("talk-form").addEventListener("submit", (event) => {
    event.preventDefault();
    speak(byId("words").value);
  });
  byId("words").addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    speak(byId("words").value);
  });
  byId("call-sound").addEventListener("click", () => {
    sound = !sound;
    byId("call-sound").setAttribute("aria-pressed", String(sound));
    if (!sound) silence();
  });
  byId("call-sound").hidden = !canSpeak();
  document.addEventListener("keydown", typed);
}
