// One line of a call's transcript: what we said is on the left, what the person did on the right.

import { make } from "./page.js";

const NOTES = {
  amd: (one) => `检测结果：${VERDICTS[one.text] || one.text}`,
  recording: (one) => ({ "in-progress": "开始录音", completed: "录音结束", absent: "没有录到声音" })[one.text],
  redirected: () => "通话被改接",
  dial: (one) => `正在转接 ${one.text}`,
  connected: (one) => `已与 ${one.text} 接通`,
  queue: (one) => `进入队列「${one.text}」，第 ${one.position} 位`,
  "queue left": (one) => ({ bridged: "队列：已接通", leave: "离开队列", "queue-full": "队列已满" })[one.text] || `离开队列（${one.text}）`,
  "application error": (one) => `程序出错，电话断了：${one.text}`,
  "gather failed": () => "这一问的语言或方式不对，对方什么也听不到",
  cut: () => "",
  "cut off": () => "沙箱停过，电话断了",
};
const VERDICTS = {
  human: "真人", fax: "传真机", unknown: "无法判断", machine_start: "留言机", machine_end_beep: "留言机（提示音后）",
  machine_end_silence: "留言机（静音后）", machine_end_other: "留言机",
};
const THEIRS = { answer: "接听", hangup: "挂断", silence: "（没有出声）" };
const OURS = { answer: "对方接听", hangup: "对方挂断", beep: "嘀——", reject: "对方拒接" };

export function line(one, fresh) {
  if (one.who === "note") return centre(NOTES[one.what] ? NOTES[one.what](one) : one.text);
  if (one.who === "them" && one.what in THEIRS) return centre(`${THEIRS[one.what]}${one.text && one.text !== "human" ? `（${VERDICTS[one.text] || one.text}）` : ""}`);
  if (one.who === "us" && one.what in OURS) return centre(OURS[one.what]);
  const mine = one.who === "them";
  const kind = ["bubble", mine && "mine", one.what === "press" && "keys", one.who === "other" && "other", fresh && "fresh"];
  return make("li", { class: kind.filter(Boolean).join(" ") },
    make("div", { class: "bubble-text" }, wordsOf(one)),
    make("p", { class: "meta" }, metaOf(one)));
}

function wordsOf(one) {
  if (one.what === "play") return `♪ ${one.text}`;
  if (one.what === "tones") return `按键音 ${one.text}`;
  return one.text;
}

function metaOf(one) {
  const at = `${Math.floor(one.elapsed / 60)}:${String(Math.floor(one.elapsed % 60)).padStart(2, "0")}`;
  const more = { press: "按键", record: "留言", greeting: "留言机" }[one.what] || (one.who === "other" ? "对方" : "");
  return [at, more, one.confidence !== undefined && one.confidence < 0.6 ? "听得不清" : ""].filter(Boolean).join(" · ");
}

function centre(text) {
  return text ? make("li", { class: "day note" }, text) : null;
}
