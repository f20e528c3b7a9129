const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const tenths = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });
const clock = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" });
const date = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "medium" });

/** For what is not known. */
export const NOTHING = "–";

export function number(value: number | null): string {
  return value === null ? NOTHING : whole.format(value);
}

/** Small numbers with a tenth, which would else be none. */
export function rate(value: number | null): string {
  if (value === null) return NOTHING;
  return value < 10 ? tenths.format(value) : whole.format(value);
}

export function bytes(value: number | null): string {
  if (value === null) return NOTHING;
  const mebibytes = value / 2 ** 20;
  return mebibytes < 1024 ? `${whole.format(mebibytes)} MB` : `${tenths.format(mebibytes / 1024)} GB`;
}

/** A length of time, by its two largest units at most. */
export function duration(ms: number | null): string {
  if (ms === null) return NOTHING;
  if (ms < 1_000) return `${rate(ms)} ms`;
  if (ms < 10_000) return `${tenths.format(ms / 1_000)} s`;
  const seconds = Math.floor(ms / 1_000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min${rest(seconds % 60, "s")}`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours} h${rest(minutes % 60, "min")}`;
  return `${Math.floor(hours / 24)} d${rest(hours % 24, "h")}`;
}

function rest(value: number, unit: string): string {
  return value === 0 ? "" : ` ${value} ${unit}`;
}

/** The time of day, with the date unless it was within the last day. */
export function time(at: number, now: number): string {
  return (Math.abs(now - at) < 86_400_000 ? clock : date).format(at);
}

const units = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["min", 60_000],
] as const;

/** How long ago, in one unit: whoever wants it exactly reads the time. */
export function ago(at: number | null, now: number): string {
  if (at === null) return NOTHING;
  const ms = Math.max(0, now - at);
  const [unit, size] = units.find(([, size]) => ms >= size) ?? ["s", 1_000];
  return ms < 1_000 ? "now" : `${Math.floor(ms / size)} ${unit} ago`;
}

/** `1 host`, `2 hosts`. */
export function count(value: number, one: string, many = `${one}s`): string {
  return `${number(value)} ${value === 1 ? one : many}`;
}

/** Words out of a name in camel case: `lastBeatAt` is `Last beat`, `waitMs` is `Wait`, `memoryBytes` is `Memory`. */
export function words(name: string): string {
  const text = name
    .replace(/(At|Ms|Bytes)$/, "")
    .replace(/([a-z\d])([A-Z])/g, "$1 $2")
    .replaceAll("_", " ")
    .toLowerCase();
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A field's value, as its name says that it is meant. */
export function field(name: string, value: string | number | boolean | null, now: number): string {
  if (value === null || value === "") return NOTHING;
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "string") return value;
  if (name.endsWith("At")) return time(value, now);
  if (name.endsWith("Ms")) return duration(value);
  if (name.endsWith("Bytes")) return bytes(value);
  return tenths.format(value);
}
