// What both pages share: building elements, asking the sandbox, telling the time.

const zone = document.body.dataset.zone;
const format = (options) => new Intl.DateTimeFormat("zh-CN", { timeZone: zone, ...options });
const clockFormat = format({ hour: "2-digit", minute: "2-digit", hour12: false });
const secondFormat = format({ hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });
const dayFormat = format({ month: "long", day: "numeric", weekday: "short" });
const shortDayFormat = format({ month: "numeric", day: "numeric" });
const dayKeyFormat = format({ year: "numeric", month: "2-digit", day: "2-digit" });

export const timeOf = (at) => clockFormat.format(new Date(at));
export const secondOf = (at) => secondFormat.format(new Date(at));
export const dayOf = (at) => dayFormat.format(new Date(at));
export const shortDayOf = (at) => shortDayFormat.format(new Date(at));
export const dayKey = (at) => dayKeyFormat.format(new Date(at));

// make("p", {class: "x", onclick: f}, "text", child, …); text is never read as HTML
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
}

// JSON in, JSON out; null for 204; an Error whose message is the sandbox's own otherwise
export async function ask(path, body) {
  const options = body === undefined ? {} : {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  };
  const answer = await fetch(path, options);
  if (answer.status === 204) return null;
  const data = await answer.json();
  if (!answer.ok) throw new Error(data.error ? data.error.message : `HTTP ${answer.status}`);
  return data;
}

// Calls `work` now and then again and again, `pause` ms after each end; rests while hidden.
// Returns a function that makes the next round happen at once.
export function repeat(work, pause, onTrouble) {
  let timer = 0;
  let running = false;
  let again = false;
  async function round() {
    clearTimeout(timer);
    if (running) {
      again = true;
      return;
    }
    running = true;
    try {
      await work();
      onTrouble(false);
    } catch (error) {
      console.warn(error);
      onTrouble(true);
    }
    running = false;
    if (again) {
      again = false;
      round();
    } else if (!document.hidden) {
      timer = setTimeout(round, pause);
    }
  }
  document.addEventListener("visibilitychange", () => document.hidden || round());
  round();
  return round;
}
