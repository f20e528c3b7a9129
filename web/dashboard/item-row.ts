import type { Item, Kind } from "../../src/faces/operator/wire.ts";
import { listHref, objectHref } from "./address.ts";
import { ago, field, NOTHING, time, words } from "./format.ts";
import type { Cell, Column, Row } from "./table.ts";
import { stateWords, toneOf } from "./tone.ts";

/** Columns that every kind may have; each is shown only where some item has something to say in it. */
const common = ["state", "face", "region"] as const;

/** Of what else there is to say of an object, its own page has the rest. */
const MOST_FIELDS = 4;

/** Texts of this length are not broken. */
const SHORT = 20;

/** Of these, it matters when they were and not how long they have been. */
const isPast = (kind: Kind): boolean => kind === "errors" || kind === "audit";

export function columnsOf(kind: Kind, items: readonly Item[]): readonly Column[] {
  return [
    { title: isPast(kind) ? "What" : "Name" },
    ...commonOf(items).map((name) => ({ title: words(name), isShort: true })),
    ...(hasTime(items) ? [{ title: isPast(kind) ? "When" : "Since", isShort: true }] : []),
    ...fieldsOf(items).map((name) => ({
      title: words(name),
      isNumber: items.some(({ fields }) => typeof fields[name] === "number"),
      isShort: items.every(({ fields }) => String(fields[name] ?? "").length <= SHORT),
    })),
  ];
}

/** @param items all that are shown with it, which say what columns there are */
export function rowOf(kind: Kind, item: Item, items: readonly Item[], now: number): Row {
  const { id, label, since } = item;
  const when = isPast(kind) && since !== null ? time(since, now) : ago(since, now);
  return {
    key: id,
    cells: [
      { text: label, href: objectHref(kind, id) },
      ...commonOf(items).map((name) => commonCell(kind, name, item[name])),
      ...(hasTime(items) ? [{ text: when }] : []),
      ...fieldsOf(items).map((name): Cell => ({ text: field(name, item.fields[name] ?? null, now) })),
    ],
  };
}

function commonCell(kind: Kind, name: (typeof common)[number], value: string | null): Cell {
  if (value === null) return { text: NOTHING };
  if (name === "state") return { text: stateWords(value), tone: toneOf(value) };
  return name === "region" ? { text: value, href: listHref(kind, { region: value }) } : { text: value };
}

function commonOf(items: readonly Item[]): readonly (typeof common)[number][] {
  return common.filter((name) => items.some((item) => item[name] !== null));
}

function hasTime(items: readonly Item[]): boolean {
  return items.some(({ since }) => since !== null);
}

function fieldsOf(items: readonly Item[]): readonly string[] {
  const told = items.flatMap(({ fields }) => Object.keys(fields).filter((name) => fields[name] !== null));
  return [...new Set(told)].slice(0, MOST_FIELDS);
}
