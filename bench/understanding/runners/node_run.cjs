// Runs inside a throw-away folder: JSON lines in, times as a Node library reads them out.
// Local times are handled as if they were UTC (TZ=UTC), so no zone of this machine leaks in.
const lines = require("node:fs").readFileSync(0, "utf8").split("\n").filter(Boolean);
const library = process.argv[2];
const iso = (date) => (date ? date.toISOString().slice(0, 19) : null);
const day = 86400000;

function chrono() {
  const { zh } = require("chrono-node");
  const doors = [zh.hans, zh.hant].filter(Boolean);
  return (text, reference) => {
    const found = doors.map((d) => d.parse(text, reference, { forwardDate: true })).find((r) => r.length);
    return (found ?? []).map((each) => chronoSpan(each));
  };
}

function chronoSpan(each) {
  const start = each.start.date();
  const timed = each.start.isCertain("hour");
  if (!timed) start.setUTCHours(0, 0, 0, 0);
  if (each.end) {
    const end = each.end.date();
    if (!each.end.isCertain("hour")) end.setTime(new Date(end).setUTCHours(0, 0, 0, 0) + day);
    return { start: iso(start), end: iso(end) };
  }
  return { start: iso(start), end: iso(new Date(start.getTime() + (timed ? 60000 : day))) };
}

function recognizers() {
  const { DateTimeRecognizer, DateTimeOptions } = require("@microsoft/recognizers-text-date-time");
  const model = new DateTimeRecognizer("zh-cn", DateTimeOptions.None).getDateTimeModel();
  return (text, reference) =>
    model.parse(text, reference).map((each) => recognizersSpan(each, reference)).filter(Boolean);
}

// Of several values the first that is not past is taken, else the last: the future is preferred.
function recognizersSpan(each, reference) {
  const values = each.resolution?.values ?? [];
  const spans = values.map((value) => valueSpan(value, reference)).filter(Boolean);
  const ahead = spans.find((span) => !span.end || span.end > iso(reference));
  return ahead ?? spans.at(-1) ?? null;
}

function valueSpan(value, reference) {
  if (["duration", "set"].includes(value.type) || value.value === "not resolved") return null;
  const at = (text) => (text ? instant(text, reference) : null);
  const named = value.value ?? (value.Mod === "before" ? value.end : null);
  if (named) {
    const start = at(named);
    const long = named.includes(":") ? 60000 : day;
    return { start: iso(start), end: iso(new Date(start.getTime() + long)) };
  }
  const end = at(value.end);
  // Between two named days it writes the last day itself; other spans end on the first day past.
  const inclusive = end && value.type === "daterange" && value.timex.startsWith("(");
  if (inclusive) end.setTime(end.getTime() + day);
  return { start: iso(at(value.start)), end: iso(end) };
}

// "2026-11-25", "2026-11-25 15:00:00" or "15:00:00" (today), parts not always padded.
function instant(text, reference) {
  const days = text.match(/(\d+)-(\d+)-(\d+)/);
  const clock = text.match(/(\d+):(\d+)(?::(\d+))?/);
  const [year, month, date] = days
    ? [Number(days[1]), Number(days[2]) - 1, Number(days[3])]
    : [reference.getUTCFullYear(), reference.getUTCMonth(), reference.getUTCDate()];
  const [hour, minute] = clock ? [Number(clock[1]), Number(clock[2])] : [0, 0];
  return new Date(Date.UTC(year, month, date, hour, minute));
}

const read = { "chrono-node": chrono, "recognizers-text": recognizers }[library]();
const rows = lines.map((line) => JSON.parse(line));
const local = (row) => new Date(row.reference_datetime.slice(0, 19) + "Z");
for (const row of rows.slice(0, 50)) read(row.text, local(row));
for (const row of rows) {
  const reference = local(row);
  const began = process.hrtime.bigint();
  const when = read(row.text, reference);
  const micros = Number(process.hrtime.bigint() - began) / 1000;
  console.log(JSON.stringify({ id: row.id, when, micros }));
}
