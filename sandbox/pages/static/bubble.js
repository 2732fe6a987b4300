// One message as a bubble, seen from the debtor's handset: what we wrote is on the left.

import { dayKey, dayOf, make, timeOf } from "./page.js";

const FAILURES = {
  30001: "队列溢出", 30002: "账户停用", 30003: "手机不可达", 30004: "被拦截", 30005: "空号",
  30006: "固话", 30007: "被运营商过滤", 30008: "未知错误", 30034: "号码未登记", 30036: "已过有效期",
};
const WAITING = { accepted: "已受理", queued: "排队中", sending: "发送中" };
const LINK = /https?:\/\/[\w\-.~:/?#[\]@!$&'()*+,;=%]+/g;

export function bubble(message, fresh) {
  const mine = message.direction === "inbound";
  const lost = message.status === "undelivered" || message.status === "failed";
  const kind = ["bubble", mine && "mine", lost && "undelivered", fresh && "fresh"];
  return make("li", { class: kind.filter(Boolean).join(" "), "data-sid": message.sid },
    make("div", { class: "bubble-text" }, ...linked(message.body)),
    make("p", { class: "meta", title: message.sid }, ...(mine ? receipt(message) : delivery(message))));
}

export function daySeparator(message) {
  return make("li", { class: "day", "data-day": dayKey(message.created) }, dayOf(message.created));
}

function linked(text) {
  const parts = [];
  let end = 0;
  for (const found of text.matchAll(LINK)) {
    const url = found[0].replace(/[.,;:!?)\]]+$/, "");
    parts.push(text.slice(end, found.index));
    parts.push(make("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, url));
    end = found.index + url.length;
  }
  return [...parts, text.slice(end)];
}

function ticks(path, kind, box) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
  line.setAttribute("d", path);
  svg.setAttribute("class", kind);
  svg.setAttribute("viewBox", box);
  svg.setAttribute("aria-hidden", "true");
  svg.append(line);
  return svg;
}

function delivery(message) {
  const time = timeOf(message.created);
  const length = message.segments > 1 ? ` · ${message.segments} 段` : "";
  if (message.status === "undelivered" || message.status === "failed") {
    const why = FAILURES[message.error_code] || "失败";
    return [`${time} · `, make("span", { class: "bad" }, `未送达：${why}（${message.error_code}），手机上看不到`)];
  }
  if (message.status === "delivered") {
    return [ticks("M1 6.5 4.2 9.7 10.5 2.5M7.6 9.5l.4.3L14.5 2.5", "ticks done", "0 0 16 12"), `${time} 已送达${length}`];
  }
  if (message.status === "sent") {
    return [ticks("M1 6.5 4.2 9.7 10.5 2.5", "ticks one", "0 0 12 12"), `${time} 已发出${length}`];
  }
  return [`${time} ${WAITING[message.status] || message.status}${length}`];
}

function receipt(message) {
  const time = timeOf(message.created);
  const last = message.callbacks[message.callbacks.length - 1];
  if (!last) return [`${time} 发送中`];
  if (last.result === "ok") {
    return [ticks("M1 6.5 4.2 9.7 10.5 2.5M7.6 9.5l.4.3L14.5 2.5", "ticks done", "0 0 16 12"), `${time} 对方已收到`];
  }
  if (last.result === "would_send") {
    return [`${time} · `, make("span", { class: "bad" }, "回调的回答里夹带了短信")];
  }
  return [`${time} · `, make("span", { class: "bad" }, `对方没有收下（${last.code}：${last.reason}）`)];
}
