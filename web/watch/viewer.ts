// One match: live as it comes, or its replay when it is over.
import { byId, showState } from "../shared/dom.ts";
import { getMatch, getReplay, isRefusal, liveMatches, viewersOf, watch, type Match } from "./arena.ts";
import { LiveMatch, type View } from "./live-match.ts";
import type { LiveMessage } from "./messages.ts";
import { Painter } from "./painter.ts";
import { Replay } from "./replay.ts";
import { ReplayControls } from "./replay-controls.ts";
import { Scoreboard } from "./scoreboard.ts";
import { TOKEN_NEEDED, withToken } from "./token.ts";

const COUNT_EVERY_MS = 5_000;
const ASK_AGAIN_MS = 3_000;

const matchId = decodeURIComponent(location.pathname.split("/")[2] ?? "");
const painter = new Painter(byId("canvas", HTMLCanvasElement));
const board = new Scoreboard();
const message = byId("message", HTMLElement);
const wall = byId("wall", HTMLElement);
const full = byId("full", HTMLButtonElement);

function say(text: string): void {
  if (message.textContent !== text) message.textContent = text;
  message.hidden = text === "";
}

/** Draws what there is to see, as often as the screen refreshes. */
function drawAlways(look: (now: number) => View, announce: (view: View) => void): void {
  const frame = (now: number): void => {
    const view = look(now);
    painter.draw(
      { stageId: view.start?.stageId ?? null, figures: view.figures, nameOf: (port) => board.nameOf(port) },
      now,
    );
    board.show(view);
    announce(view);
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}

/** Says who has won, in the picture and to those who listen. */
function announceEnds({ gameEnd, matchEnd, score }: View, isWaiting: boolean): void {
  const standing = board.ports.map((port) => score.get(port) ?? 0).join(" : ");
  if (matchEnd !== null) {
    const winner = matchEnd.winnerPort === null ? "The match is over" : `${board.nameOf(matchEnd.winnerPort)} wins`;
    say(`${winner}\n${standing}`);
    board.say(`${winner}, ${standing}.`);
  } else if (gameEnd !== null) {
    const winner = gameEnd.winnerPort === null ? "Game over" : `Game: ${board.nameOf(gameEnd.winnerPort)}`;
    say(`${winner}\n${standing}`);
    board.say(`${winner}, ${standing}.`);
  } else say(isWaiting ? "Waiting for the first frames …" : "");
}

/** Stocks are said when one is lost. */
function stockTeller(): (view: View) => void {
  const known = new Map<number, number>();
  return ({ figures }) => {
    for (const { port, stocks } of figures) {
      const before = known.get(port);
      if (stocks === null || stocks === before) continue;
      known.set(port, stocks);
      if (before !== undefined && stocks < before) board.say(`${board.nameOf(port)} has ${stocks} left.`);
    }
  };
}

function watchLive(): void {
  const live = new LiveMatch();
  const tellStocks = stockTeller();
  let shown = "";
  const state = (name: string, sentence: string): void => {
    if (shown === name) return;
    shown = name;
    showState(name, sentence);
  };
  const now = (): void => state(live.hasPicture ? "playing" : "waiting", live.hasPicture ? "Live" : "Connected");
  const count = viewerCount();
  const viewer = watch(matchId);
  viewer.on("connected", () => {
    now();
    count.ask();
  });
  viewer.on("lost", () => state("offline", "Connection lost; coming back"));
  viewer.on("message", (heard) => {
    live.hear(heard as LiveMessage, performance.now());
    // By now we count among the viewers, whichever node is asked.
    if (heard.type === "match_start") count.ask();
    if (!live.isOver) return now();
    viewer.close();
    count.stop();
    state("over", "The match is over");
    byId("again", HTMLElement).hidden = false;
  });
  viewer.on("closed", (error) => void (error !== null && sayOnly("failed", "Not shown", error.message)));
  drawAlways(
    (time) => live.at(time),
    (view) => {
      tellStocks(view);
      announceEnds(view, !live.hasPicture);
    },
  );
}

/** Shows how many watch: from the first time it is asked, again and again. */
function viewerCount(): { ask(): void; stop(): void } {
  const place = byId("viewers", HTMLElement);
  let asking: ReturnType<typeof setInterval> | undefined;
  const count = async (): Promise<void> => {
    if (document.hidden) return;
    const viewers = await viewersOf(matchId).catch(() => null);
    if (viewers !== null) place.textContent = viewers === 1 ? "1 viewer" : `${viewers} viewers`;
  };
  const stop = (): void => clearInterval(asking);
  return {
    ask() {
      stop();
      asking = setInterval(() => void count(), COUNT_EVERY_MS);
      void count();
    },
    stop,
  };
}

/** There is nothing to watch, and why. */
function sayOnly(state: string, inShort: string, why: string): void {
  showState(state, inShort);
  const nothing = byId("nothing", HTMLElement);
  nothing.textContent = why;
  nothing.hidden = false;
  wall.hidden = true;
  full.hidden = true;
}

async function watchReplay(): Promise<void> {
  const record = await getReplay(matchId);
  if (record === null || record.games.every(({ frames }) => frames.length === 0)) {
    sayOnly("none", "Over", "This match is over, and no frames of it were kept.");
    return;
  }
  const controls = new ReplayControls(new Replay(record));
  showState("replay", "Replay");
  drawAlways(
    (now) => controls.at(now),
    (view) => announceEnds(view, false),
  );
}

function introduce({ p1_connect_code: one, p2_connect_code: two }: Match): void {
  byId("title", HTMLElement).textContent = `${one} vs ${two}`;
  document.title = `${one} vs ${two}`;
  board.introduce([
    { port: 1, connectCode: one, displayName: null },
    { port: 2, connectCode: two, displayName: null },
  ]);
  board.show({ start: null, figures: [], score: new Map(), gameEnd: null, matchEnd: null });
}

async function begin(): Promise<void> {
  showState("connecting", "Connecting");
  const [match, live] = await Promise.all([getMatch(matchId), liveMatches()]);
  if (match === null) {
    sayOnly("none", "No such match", "There is no match of this name.");
    return;
  }
  introduce(match);
  // A match may be over for its viewers before both sides have reported it.
  const isLive = match.status === "playing" || live.includes(matchId);
  if (isLive && location.search !== "?replay") watchLive();
  else await watchReplay();
}

async function beginAtLast(): Promise<void> {
  try {
    await begin();
  } catch (error) {
    if (isRefusal(error)) return sayOnly("failed", "Not shown", TOKEN_NEEDED);
    showState("offline", "The arena does not answer; asking again");
    setTimeout(() => void beginAtLast(), ASK_AGAIN_MS * (0.5 + Math.random()));
  }
}

full.addEventListener("click", () => {
  if (document.fullscreenElement === null) void wall.requestFullscreen();
  else void document.exitFullscreen();
});
full.hidden = !document.fullscreenEnabled;
byId("back", HTMLAnchorElement).href = withToken("/watch");
byId("again", HTMLAnchorElement).href = withToken("?replay");

void beginAtLast();
