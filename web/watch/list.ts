// The matches that are live, kept up to date while somebody looks.
import { byId, showState } from "../shared/dom.ts";
import { getMatch, isRefusal, liveMatches, viewersOf, type Match } from "./arena.ts";
import { TOKEN_NEEDED, withToken } from "./token.ts";

const EVERY_MS = 3_000;
/** More would be many requests for what nobody reads. */
const MOST_SHOWN = 24;

const list = byId("matches", HTMLElement);
const cards = new Map<string, HTMLAnchorElement>();
const known = new Map<string, Match>();

async function ask(): Promise<void> {
  const ids = await liveMatches();
  const shown = ids.slice(0, MOST_SHOWN);
  const found = await Promise.all(
    shown.map(async (id) => ({ id, match: await matchOf(id), viewers: await viewers(id) })),
  );
  const alive = found.flatMap(({ id, match, viewers }) => (match === null ? [] : [cardFor(id, match, viewers)]));
  for (const [id, card] of cards) if (!alive.includes(card)) forget(id, card);
  // Cards stay where they are, so that what somebody is about to click does not move away.
  for (const card of alive) if (!card.isConnected) list.append(card);
  byId("empty", HTMLElement).hidden = ids.length > 0;
  const more = byId("more", HTMLElement);
  more.hidden = ids.length <= MOST_SHOWN;
  more.textContent = `and ${ids.length - MOST_SHOWN} more`;
  say(
    "connected",
    ids.length === 0 ? "No match is live" : ids.length === 1 ? "1 match is live" : `${ids.length} matches are live`,
  );
}

function forget(id: string, card: HTMLElement): void {
  card.remove();
  cards.delete(id);
  known.delete(id);
}

async function matchOf(id: string): Promise<Match | null> {
  const match = known.get(id) ?? (await getMatch(id));
  if (match !== null) known.set(id, match);
  return match;
}

function viewers(id: string): Promise<number | null> {
  return viewersOf(id).catch(() => null);
}

function cardFor(
  id: string,
  { p1_connect_code: one, p2_connect_code: two }: Match,
  viewers: number | null,
): HTMLAnchorElement {
  const card = cards.get(id) ?? newCard(id, `${one} vs ${two}`);
  const text = viewers === null ? "live" : viewers === 1 ? "live, 1 viewer" : `live, ${viewers} viewers`;
  const line = card.querySelector("p")!;
  if (line.textContent !== text) line.textContent = text;
  return card;
}

function newCard(id: string, title: string): HTMLAnchorElement {
  const card = document.createElement("a");
  card.className = "card";
  card.href = withToken(`/watch/${encodeURIComponent(id)}`);
  const heading = document.createElement("h3");
  heading.textContent = title;
  const line = document.createElement("p");
  line.className = "quiet";
  card.append(heading, line);
  cards.set(id, card);
  return card;
}

function say(state: string, sentence: string): void {
  const status = byId("status", HTMLElement);
  if (status.textContent !== sentence) showState(state, sentence);
}

function explain(error: unknown): void {
  if (isRefusal(error)) say("failed", TOKEN_NEEDED);
  else say("offline", "The arena does not answer; asking again");
}

async function keepAsking(): Promise<void> {
  if (!document.hidden) await ask().catch(explain);
  setTimeout(() => void keepAsking(), EVERY_MS);
}

byId("origin", HTMLElement).textContent = location.origin;
document.addEventListener("visibilitychange", () => void (document.hidden || ask().catch(() => null)));
void keepAsking();
