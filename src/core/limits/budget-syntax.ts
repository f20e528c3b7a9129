import type { Quota } from "../../ports/rates.ts";
import { guarded, messageClasses, type BudgetChanges, type MessageClass, type Per } from "./budget-table.ts";

const UNITS = { s: 1_000, m: 60_000, h: 3_600_000 } as const;

/** Bounds of a budget: uses, and its window in ms. What is counted is remembered for as long as the window. */
const MOST_USES = 1_000_000;
const LONGEST_MS = 24 * UNITS.h;

/**
 * Reads changes to the table of budgets: `find=address:60/1m,account:30/1m; chat=off; signal=socket:200/1s`. Classes that
 * are not named, and the budgets of a class that are not named, stay as they are.
 *
 * @throws {Error} completing the sentence "BUDGETS must be …"
 */
export function readBudgets(text: string): BudgetChanges {
  const changes = new Map<MessageClass, Partial<Record<Per, Quota | null>>>();
  for (const entry of parts(text, ";")) {
    const [name, value] = halves(entry, "=");
    if (value === "") throw wrong(`"${short(entry)}" is not class=budgets`);
    if (!isClass(name)) {
      throw wrong(`there is no class "${short(name)}" (there are ${Object.keys(messageClasses).join(", ")})`);
    }
    if (changes.has(name)) throw wrong(`${name} is there twice`);
    changes.set(name, readClass(name, value));
  }
  return Object.fromEntries(changes);
}

function readClass(name: MessageClass, value: string): Partial<Record<Per, Quota | null>> {
  const whom: readonly Per[] = messageClasses[name];
  const budgets: Partial<Record<Per, Quota | null>> = {};
  if (isOff(value)) {
    mustNotGuard(name);
    for (const per of whom) budgets[per] = null;
    return budgets;
  }
  for (const part of parts(value, ",")) {
    const [per, quota] = halves(part, ":");
    const known = whom.find((one) => one === per);
    if (known === undefined) throw wrong(`${name} has budgets per ${whom.join(", ")}, not "${short(part)}"`);
    if (Object.hasOwn(budgets, known)) throw wrong(`${name} has two budgets per ${known}`);
    if (isOff(quota)) mustNotGuard(name);
    budgets[known] = isOff(quota) ? null : readQuota(name, quota);
  }
  return budgets;
}

function readQuota(name: string, text: string): Quota {
  const [, uses = "", count = "", unit = ""] = /^(\d{1,9})\s*\/\s*(\d{0,9})(s|m|h)$/.exec(text) ?? [];
  const limit = Number(uses);
  const windowMs = Number(count || 1) * (UNITS[unit as keyof typeof UNITS] ?? Number.NaN);
  if (limit >= 1 && limit <= MOST_USES && windowMs >= UNITS.s && windowMs <= LONGEST_MS) return { limit, windowMs };
  throw wrong(`${name}: "${short(text)}" is neither off nor uses/window, such as 60/1m (at most ${MOST_USES} and 24h)`);
}

/** Budgets of one class, as {@link readBudgets} reads them. */
export function writeBudgets(budgets: Readonly<Partial<Record<Per, Quota | null>>>): string {
  const written = Object.entries(budgets).map(([per, quota]) =>
    quota === null ? `${per}:off` : `${per}:${quota.limit}/${writeMs(quota.windowMs)}`,
  );
  return written.length === 0 ? "off" : written.join(",");
}

function writeMs(ms: number): string {
  const unit = (["h", "m", "s"] as const).find((one) => ms % UNITS[one] === 0) ?? "s";
  return `${ms / UNITS[unit]}${unit}`;
}

function parts(text: string, by: string): readonly string[] {
  return text
    .split(by)
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

function isOff(text: string): boolean {
  return text === "off" || text === "0";
}

function mustNotGuard(name: MessageClass): void {
  if (guarded.has(name)) throw wrong(`${name} guards passwords and cannot be off`);
}

function isClass(name: string): name is MessageClass {
  return Object.hasOwn(messageClasses, name);
}

function wrong(what: string): Error {
  return new Error(`budgets such as find=address:60/1m,account:30/1m; chat=off: ${what}`);
}

function short(text: string): string {
  return text.slice(0, 40);
}

/** What stands before and behind the first `mark`, without blanks around; both empty if it is not there. */
function halves(text: string, mark: string): [string, string] {
  const at = text.indexOf(mark);
  return at < 0 ? ["", ""] : [text.slice(0, at).trim(), text.slice(at + 1).trim()];
}
