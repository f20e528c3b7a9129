import type { Rival, Row, Target } from "./work.ts";
import { median, ratio } from "./rounds.ts";

/** A generator that used more than this part of its core may itself have been what was measured. */
export const GENERATOR_MOST = 0.8;

/** The rows of one work. */
export interface Measured {
  readonly name: string;
  readonly title: string;
  readonly rows: readonly Row[];
}

export function isMet(value: number, target: Target): boolean {
  return "atLeast" in target ? value >= target.atLeast : value <= target.atMost;
}

/** True unless a target is missed, or the generator was the bottleneck. */
export function isRowMet(row: Row): boolean {
  if (row.generator > GENERATOR_MOST) return false;
  if (row.target !== undefined && !isMet(median(row.ours), row.target)) return false;
  return row.against.every(
    (rival) => rival.target === undefined || isMet(ratio(row.ours, rival.samples), rival.target),
  );
}

/** The figures as Markdown: one table a work, each figure beside its limit and its peers. */
export function toMarkdown(works: readonly Measured[]): string {
  return works
    .map(({ title, rows }) => [`## ${title}`, "", ...tableOf(rows), ...notesOf(rows), ""].join("\n"))
    .join("\n");
}

function tableOf(rows: readonly Row[]): string[] {
  const head = [
    "| what | ours (lowest–highest) | unit | held against | theirs | ratio | target | |",
    "|---|---|---|---|---|---|---|---|",
  ];
  return [...head, ...rows.flatMap(linesOf)];
}

function linesOf(row: Row): string[] {
  const ours = `${short(median(row.ours))} (${short(Math.min(...row.ours))}–${short(Math.max(...row.ours))})`;
  const own = row.target === undefined ? "" : worded(row.target);
  const ownVerdict = row.target === undefined ? "" : verdict(median(row.ours), row.target);
  if (row.against.length === 0 || row.target !== undefined) {
    const first = line([row.what, ours, row.unit, "", "", "", own, ownVerdict]);
    return [first, ...row.against.map((rival) => line(["", "", "", ...cellsOf(row, rival)]))];
  }
  return row.against.map((rival, at) =>
    line([...(at === 0 ? [row.what, ours, row.unit] : ["", "", ""]), ...cellsOf(row, rival)]),
  );
}

function cellsOf(row: Row, rival: Rival): string[] {
  const quotient = ratio(row.ours, rival.samples);
  const named = rival.kind === "limit" ? `${rival.name} (limit)` : rival.name;
  const target = rival.target === undefined ? "" : worded(rival.target);
  const met = rival.target === undefined ? "" : verdict(quotient, rival.target);
  return [named, short(median(rival.samples)), short(quotient), target, met];
}

function notesOf(rows: readonly Row[]): string[] {
  const notes = rows.flatMap(({ what, note }) => (note === undefined ? [] : [`- ${what}: ${note}`]));
  const late = rows
    .filter(({ generator }) => generator > GENERATOR_MOST)
    .map(({ what, generator }) => `- ${what}: the load's generator used ${Math.round(generator * 100)} % of its core.`);
  return notes.length + late.length === 0 ? [] : ["", ...notes, ...late];
}

function worded(target: Target): string {
  return "atLeast" in target ? `≥ ${target.atLeast}` : `≤ ${target.atMost}`;
}

function verdict(value: number, target: Target): string {
  return isMet(value, target) ? "met" : "**missed**";
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

/** Three digits that count; thousands in full. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return "–";
  if (Math.abs(value) >= 999.5) return Math.round(value).toLocaleString("en-US");
  return String(Number(value.toPrecision(3)));
}
