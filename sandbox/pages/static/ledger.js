// Turns the log's entries into rows: a request with everything that followed from it.

import { CALL_FOLLOWERS, CALL_READS, callRow } from "./callledger.js";

const CODES = {
  20003: "凭证不对", 20429: "请求太频繁", 20500: "服务器错误", 21211: "号码无效", 21408: "地区未开通",
  21602: "没有正文", 21603: "没有发件号码", 21606: "发件号码不可用", 21610: "已退订", 21612: "无法路由",
  21614: "不是手机号", 21617: "超过 1600 字", 21624: "有效期无效",
};
const STATUS = {
  accepted: "已受理", queued: "排队中", sending: "发送中", sent: "已发出", delivered: "已送达",
  undelivered: "未送达", failed: "失败", received: "已收到",
};
const ANSWERS = {
  error_after: "受理后答了 500", hang_after: "受理后不答", garbled: "受理后答了乱码", ok: "",
};
const READS = { list: "查列表", fetch: "查单条", account: "查账户", numbers: "查号码" };
const CONTROL = { start: "沙箱启动", reset: "重置", clock: "调时钟", faults: "改故障", delays: "改延迟", notifications: "改通知方式" };
const PAYMENT = { payment: "付款成功", refund: "退款", payment_failed: "付款失败" };

export class Ledger {
  constructor() {
    this.clear();
  }

  clear() {
    this.rows = []; // oldest first
    this.bySid = new Map();
    this.byEvent = new Map();
  }

  take(entry) {
    if (entry.kind === "reset") this.clear();
    const follows = entry.kind === "request" && entry.op === "call_update" && this.bySid.has(entry.sid);
    const maker = follows ? null : MAKERS[entry.kind];
    const row = maker ? maker(entry) : null;
    if (row) this.add(row, entry);
    else this.follow(entry);
  }

  add(row, entry) {
    const whole = { seq: entry.seq, at: entry.at, hooks: [], story: [entry], version: 0, ...row };
    this.rows.push(whole);
    if (entry.sid) this.bySid.set(entry.sid, whole);
    if (entry.event) this.byEvent.set(entry.event.id, whole);
  }

  follow(entry) {
    const row = entry.kind === "notification" ? this.byEvent.get(entry.event) : this.bySid.get(entry.sid);
    const follower = FOLLOWERS[entry.kind];
    if (!row || !follower) return;
    row.story.push(entry);
    row.version += 1;
    follower(row, entry);
  }
}

const yuan = (event) => `${event.currency} ${(event.amount / 100).toFixed(2)}`;
const numbers = (entry) => `${entry.from || entry.service || "?"} → ${entry.to || "?"}`;

function requestRow(entry) {
  if (entry.op === "call") return callRow(entry);
  if (entry.op !== "create") {
    const good = entry.outcome === "answered";
    return {
      group: "other", what: READS[entry.op] || CALL_READS[entry.op] || entry.op, who: "", text: entry.path || entry.sid,
      outcome: [good ? "已回答" : "被拒绝", good ? "" : "bad"], note: `HTTP ${entry.http}`,
    };
  }
  const accepted = entry.outcome === "accepted";
  const broken = accepted && entry.answer !== "ok";
  const reason = CODES[entry.code] ? `${entry.code} ${CODES[entry.code]}` : entry.code;
  return {
    group: "send", refused: !accepted, troubled: broken || !accepted, what: "发短信", who: numbers(entry), text: entry.body,
    outcome: accepted ? [STATUS[entry.status], "info"] : [entry.http >= 500 ? "出错" : "被拒绝", "bad"],
    note: accepted ? ANSWERS[entry.answer] || "" : `HTTP ${entry.http} · ${reason}`,
  };
}

const inboundRow = (entry) => ({
  group: "inbound", what: "收到回复", who: numbers(entry), text: entry.body, outcome: ["投递中", "info"], note: entry.opt_out || "",
});
const checkoutRow = (entry) => ({
  group: "pay", what: "收银台", who: entry.reference, text: `${yuan(entry)} ${entry.description}`, outcome: ["已创建", "info"], note: "",
});
const paymentRow = (entry) => ({
  group: "pay", what: PAYMENT[entry.kind], who: entry.event ? entry.event.reference : entry.reference,
  text: entry.event ? yuan(entry.event) : "", outcome: entry.event ? ["已入账", "good"] : ["未付", "warn"], note: "",
});
const controlRow = (entry) => ({
  group: "other", what: CONTROL[entry.kind], who: "", text: controlText(entry), outcome: ["", ""], note: "",
});

function controlText(entry) {
  if (entry.kind === "clock" || entry.kind === "reset") return `偏移 ${(entry.offset_seconds / 86400).toFixed(2)} 天`;
  if (entry.kind === "faults") return `${entry.rules.length} 条规则，魔术号码${entry.magic ? "开" : "关"}`;
  return "";
}

const MAKERS = {
  request: requestRow, call: callRow, inbound: inboundRow, checkout: checkoutRow, payment: paymentRow, refund: paymentRow,
  payment_failed: paymentRow, start: controlRow, reset: controlRow, clock: controlRow, faults: controlRow,
  delays: controlRow, notifications: controlRow,
};

function statusMoved(row, entry) {
  const bad = entry.status === "undelivered" || entry.status === "failed";
  row.outcome = [STATUS[entry.status] || entry.status, bad ? "bad" : entry.status === "delivered" ? "good" : "info"];
  if (bad) [row.note, row.troubled] = [String(entry.code), true];
}

function callbackEnded(row, entry) {
  const good = entry.result === "arrived";
  const note = { lost: "丢失", late: "迟到", duplicate: "重复", reordered: "乱序" }[entry.note] || "";
  const label = `${STATUS[entry.status] || entry.status} ${entry.http || entry.trouble || ""}${note && ` ${note}`}`.trim();
  row.hooks.push([label, good ? (note ? "warn" : "good") : note === "丢失" ? "warn" : "bad"]);
  if (!good || note) row.troubled = true;
}

function inboundAnswered(row, entry) {
  const good = entry.result === "ok";
  row.outcome = good ? ["已收下", "good"] : [entry.result === "would_send" ? "夹带短信" : "没有收下", "bad"];
  row.hooks.push([`${entry.http || "无应答"}${entry.tries > 1 ? ` ×${entry.tries}` : ""} ${Math.round(entry.ms)} ms`, good ? "good" : "bad"]);
  if (!good) [row.note, row.troubled] = [`${entry.code || ""} ${entry.reason}`.trim(), true];
}

function notified(row, entry) {
  const good = entry.result === "arrived";
  const label = good ? `通知 ${entry.http}` : `通知第 ${entry.tries} 次：${entry.http || entry.trouble}`;
  row.hooks.push([label, good ? "good" : "bad"]);
  if (!good) row.troubled = true;
}

const FOLLOWERS = {
  ...CALL_FOLLOWERS, status: statusMoved, callback: callbackEnded, inbound_answer: inboundAnswered, notification: notified,
};
