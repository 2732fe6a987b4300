// Calls in the log: a row for each, with its statuses, webhooks, TwiML and words.

const CODES = {
  10004: "同时通话太多", 13224: "无法拨打的号码", 20001: "参数不对", 20003: "凭证不对", 20429: "请求太频繁", 20500: "服务器错误",
  21201: "没有被叫号码", 21205: "网址不对", 21208: "振铃时长不对", 21209: "方法不对", 21210: "主叫不是我方号码", 21211: "号码无效",
  21213: "没有主叫号码", 21214: "无法接通", 21215: "地区未开通", 21216: "被拦截", 21217: "号码无效", 21219: "号码未验证",
  21234: "应答检测设置不对", 21262: "没有应答检测的回调", 21263: "应答检测参数不对", 21266: "主叫与被叫相同", 21609: "回调网址不对", 21626: "回调事件不对",
};
const STATUS = {
  queued: "排队中", initiated: "已发起", ringing: "响铃", "in-progress": "通话中", completed: "通话结束", busy: "占线",
  "no-answer": "无人接听", failed: "无法接通", canceled: "已取消",
};
const KINDS = { "outbound-api": "打电话", "outbound-dial": "转接", inbound: "来电" };
const BROKEN = { error_after: "受理后答了 500", hang_after: "受理后不答", garbled: "受理后答了乱码", ok: "" };
const LOST = { lost: "丢失", late: "迟到", duplicate: "重复", reordered: "乱序" };
const READS = {
  call_list: "查通话列表", call_fetch: "查通话", recording_list: "查录音列表", recording_fetch: "查录音", recording_sound: "听录音",
  recording_start: "开始录音", recording_change: "改录音", recording_delete: "删录音",
};
export const CALL_READS = READS;

export function callRow(entry) {
  const accepted = entry.outcome === "accepted";
  const broken = accepted && entry.answer !== "ok";
  const reason = CODES[entry.code] ? `${entry.code} ${CODES[entry.code]}` : entry.code;
  return {
    group: "call", refused: !accepted, troubled: broken || !accepted, what: KINDS[entry.direction] || "打电话",
    who: `${entry.from || "?"} → ${entry.to || "?"}`, text: "",
    outcome: accepted ? [STATUS[entry.status], "info"] : [entry.http >= 500 ? "出错" : "被拒绝", "bad"],
    note: accepted ? BROKEN[entry.answer] || "" : `HTTP ${entry.http} · ${reason}`,
  };
}

function moved(row, entry) {
  const bad = ["failed", "busy", "no-answer", "canceled"].includes(entry.status);
  row.outcome = [STATUS[entry.status] || entry.status, entry.status === "failed" ? "bad" : bad ? "warn" : entry.status === "completed" ? "good" : "info"];
  const seconds = entry.ended_s !== null && entry.answered_s !== null ? `${Math.ceil(entry.ended_s - entry.answered_s)} 秒` : "";
  row.note = [seconds, bad && entry.sip ? `SIP ${entry.sip}` : "", entry.answered_by || ""].filter(Boolean).join(" · ");
  if (entry.status === "failed") row.troubled = true;
}

function told(row, entry) {
  const good = entry.result === "arrived";
  const note = LOST[entry.note] || "";
  const name = entry.event === "amd" ? `检测 ${entry.answered_by}` : entry.event === "recording" ? "录音" : STATUS[entry.status] || entry.status;
  row.hooks.push([`${name} ${entry.http || entry.trouble || ""}${note && ` ${note}`}`.trim(), good ? (note ? "warn" : "good") : note === "丢失" ? "warn" : "bad"]);
  if (!good || note) row.troubled = true;
}

function turned(row, entry) {
  const asked = entry.asked.Digits ? `按 ${entry.asked.Digits}` : entry.asked.SpeechResult ? `说「${entry.asked.SpeechResult}」` : "TwiML";
  const good = !entry.code && entry.http >= 200 && entry.http < 300;
  row.hooks.push([`${asked} ${entry.http || "无应答"} ${Math.round(entry.ms)} ms`, good ? "good" : "bad"]);
  if (!good) [row.note, row.troubled] = [`${entry.code || ""} ${entry.reason || ""}`.trim(), true];
}

function spoken(row, entry) {
  if (entry.text && entry.who !== "note") row.text = `${entry.who === "them" ? "客户：" : ""}${entry.text}`;
}

function complained(row, entry) {
  row.hooks.push([`${entry.code} ${entry.message}`, "warn"]);
  row.troubled = true;
}

function updated(row, entry) {
  row.hooks.push([`${entry.form.Status ? "结束" : "改接"} ${entry.http}`, entry.http < 400 ? "info" : "warn"]);
}

export const CALL_FOLLOWERS = {
  call_status: moved, call_callback: told, call_turn: turned, call_said: spoken, call_complaint: complained, recording: () => {},
  request: updated,
};

// one entry of a row's story as text; a webhook's TwiML is shown as it came
export function storyOf(entry) {
  if (entry.kind !== "call_turn") return JSON.stringify(entry, null, 1);
  const asked = Object.entries(entry.asked).map(([name, value]) => `  ${name}: ${value}`);
  const head = `${entry.method} ${entry.url} → ${entry.http || entry.reason}${entry.note ? `（${entry.note}）` : ""}`;
  const warnings = entry.warnings.map((one) => `  ! ${one.code} ${one.message}：${one.detail}`);
  return [head, ...asked, entry.twiml.replace(/></g, ">\n<"), ...warnings].join("\n");
}
