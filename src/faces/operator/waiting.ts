import type { Item, List, Waiting } from "./wire.ts";

/** Others that are looked at. */
const MOST_OTHERS = 500;

type Look = (query: { readonly state: string; readonly limit: number }) => Promise<List>;

/** Why a ticket is not matched yet, in plain words; null for what does not wait. */
export async function waitingOf(item: Item, look: Look, now: number): Promise<Waiting | null> {
  if (item.kind !== "tickets" || item.since === null) return null;
  const since = item.since;
  if (item.state === "resting") {
    return { since, reasons: ["Its last partner has just gone: it is queued again within a second."] };
  }
  if (item.state !== "waiting") return null;
  const { items } = await look({ state: "waiting", limit: MOST_OTHERS });
  const others = items.filter(({ id, face }) => id !== item.id && face === item.face);
  if (others.length === 0) return { since, reasons: ["Nobody else waits."] };
  return { since, reasons: item.face === "arena" ? arena(item, others, now) : sided(item, others) };
}

/** In the arena any two meet, so that who waits beside others is about to be matched, or has stopped asking. */
function arena(item: Item, others: readonly Item[], now: number): readonly string[] {
  const silenceMs = Number(item.fields["expiresWithoutAskingMs"]);
  const isSilent = ({ fields }: Item): boolean => Number(fields["askedAt"]) <= now - silenceMs;
  if (isSilent(item)) return ["Its player has not asked after it for five minutes: it is about to expire."];
  const awake = others.filter((one) => !isSilent(one));
  if (awake.length === 0) return ["Whoever else waits has not asked after it for five minutes, and counts no more."];
  return ["Somebody else waits: any two are matched as soon as one of them joins.", place(item, others)];
}

/** Where each stands on a side and seeks one. */
function sided(item: Item, others: readonly Item[]): readonly string[] {
  const { side, seeks } = item.fields;
  const sought = others.filter(({ fields }) => fields["side"] === seeks);
  const position = place(
    item,
    others.filter(({ fields }) => fields["side"] === side),
  );
  if (sought.length === 0) {
    const all = others.length === 1 ? "1 other waits" : `${others.length} others wait`;
    return [`${all}, but nobody on the side that it seeks, ${String(seeks)}.`, position];
  }
  const mutual = sought.filter(({ fields }) => fields["seeks"] === side);
  if (mutual.length === 0) return [`Those on the side that it seeks, ${String(seeks)}, seek another.`, position];
  const kept = mutual.filter((other) => avoids(item, other) || avoids(other, item));
  if (kept.length < mutual.length) return ["Somebody fits: they are being brought together.", position];
  const whom = kept.length === 1 ? "The only one who fits" : "Everybody who fits";
  return [`${whom} was its partner just now: they do not meet again for ten seconds.`, position];
}

function avoids(one: Item, other: Item): boolean {
  return String(one.fields["avoids"] ?? "")
    .split(", ")
    .includes(other.label);
}

function place(item: Item, line: readonly Item[]): string {
  const before = line.filter(({ since }) => since !== null && since < item.since!).length;
  return before === 0 ? "It is the first in its line." : `It is number ${before + 1} in its line.`;
}
