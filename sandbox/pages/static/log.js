// The log as a table, newest first, filterable, live.

import { storyOf } from "./callledger.js";
import { Ledger } from "./ledger.js";
import { ask, dayOf, make, repeat, secondOf } from "./page.js";

const SHOWN = 300;
const TABS = [
  ["all", "全部", () => true],
  ["send", "发送", (row) => row.group === "send"],
  ["refused", "被拒绝", (row) => Boolean(row.refused)],
  ["troubled", "有问题", (row) => Boolean(row.troubled)],
  ["inbound", "回复", (row) => row.group === "inbound"],
  ["call", "电话", (row) => row.group === "call"],
  ["pay", "支付", (row) => row.group === "pay"],
];
const byId = (id) => document.getElementById(id);
const body = byId("rows");
let ledger = new Ledger();
let after = 0;
let tab = "all";
const drawn = new Map(); // seq → [version, element]

async function refresh() {
  if (!byId("live").checked && after) return;
  const news = await ask(`/sandbox/log?after=${after}&limit=5000`);
  if (news.seq < after) restart();
  for (const entry of news.entries) ledger.take(entry);
  after = news.seq;
  if (news.entries.length || !body.childElementCount) draw();
}

function restart() {
  ledger = new Ledger();
  drawn.clear();
}

function draw() {
  const wanted = byId("filter").value.trim().toLowerCase();
  const searched = wanted ? ledger.rows.filter((row) => textOf(row).includes(wanted)) : ledger.rows;
  drawTabs(searched);
  const found = searched.filter(TABS.find(([id]) => id === tab)[2]);
  body.replaceChildren(...found.slice(-SHOWN).reverse().map(element));
  byId("nothing").hidden = found.length > 0;
  byId("nothing").textContent = ledger.rows.length ? "没有符合条件的记录。" : "还没有记录。";
  byId("more").hidden = found.length <= SHOWN;
  byId("more").textContent = `只显示最近 ${SHOWN} 条，共 ${found.length} 条；完整日志请下载。`;
}

const textOf = (row) => {
  if (row.searched !== row.version) {
    row.haystack = JSON.stringify(row.story).toLowerCase() + row.what + row.outcome[0];
    row.searched = row.version;
  }
  return row.haystack;
};

function drawTabs(rows) {
  byId("tabs").replaceChildren(...TABS.map(([id, label, test]) =>
    make("button", { class: "tab", type: "button", "aria-pressed": String(id === tab), onclick: () => { tab = id; draw(); } },
      label, make("b", {}, String(rows.filter(test).length)))));
}

function element(row) {
  const known = drawn.get(row.seq);
  if (known && known[0] === row.version) return known[1];
  const wasOpen = Boolean(known && known[1].querySelector("details")?.open);
  const made = make("tr", {},
    make("td", { class: "at" }, secondOf(row.at), make("small", {}, dayOf(row.at))),
    make("td", { class: "what" }, make("strong", {}, row.what), make("small", {}, row.who)),
    make("td", { class: "text" }, row.text || "", details(row, wasOpen)),
    make("td", { class: "outcome" }, pill(row.outcome), make("small", {}, row.note || "")),
    make("td", { class: "hooks" }, row.hooks.length ? make("ul", {}, ...row.hooks.map((hook) => make("li", {}, pill(hook)))) : null));
  drawn.set(row.seq, [row.version, made]);
  return made;
}

const pill = ([label, kind]) => (label ? make("span", { class: `pill ${kind}` }, label) : "");

function details(row, open) {
  const box = make("details", { open: open ? "" : null }, make("summary", {}, `#${row.seq} 详情`));
  const fill = () => {
    if (box.open && !box.querySelector("pre")) {
      box.append(make("pre", {}, row.story.map(storyOf).join("\n\n")));
    }
  };
  box.addEventListener("toggle", fill);
  return box;
}

byId("filter").addEventListener("input", draw);
const look = repeat(refresh, 1000, (bad) => { byId("trouble").hidden = !bad; });
byId("live").addEventListener("change", () => look());
