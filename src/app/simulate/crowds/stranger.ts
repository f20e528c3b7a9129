import { io, type Socket } from "socket.io-client";
import { lasting, untilNext } from "../chance.ts";
import { personName, remarks } from "../names.ts";
import { pause } from "../pause.ts";
import type { Outcome, Scene } from "../scene.ts";
import { candidate, description } from "../sdp.ts";

/** How long a talk takes on average, in ms. */
const TALK_MS = 25_000;
/** Chat messages a second while two talk. */
const CHATS_PER_SECOND = 0.15;
/** How often somebody goes without saying so. */
const DIES = 0.1;
const CONNECT_MS = 10_000;

export interface Visit {
  readonly gender: "female" | "male";
  readonly stayMs: number;
  /** Told when a talk begins, and when it ends. */
  readonly matched: (isMatched: boolean) => void;
}

/** Comes to the video chat, talks to one partner after another, and goes after about `stayMs`. */
export async function visitChat(scene: Scene, { gender, stayMs, matched }: Visit): Promise<Outcome> {
  const { dice, signal, client, tokens } = scene;
  const { first } = personName(dice);
  const token = await tokens.of({ sub: `stranger-${crypto.randomUUID()}`, scope: "client" })();
  const socket = io(client.url, {
    forceNew: true,
    timeout: CONNECT_MS,
    // Some come from behind proxies that let no WebSocket through.
    transports: dice.happens(0.1) ? ["polling"] : ["websocket"],
    ...(token === null ? {} : { auth: { token } }),
  });
  let talks = 0;
  let isTalking = false;
  const turn = (on: boolean): void => {
    if (isTalking === on) return;
    isTalking = on;
    matched(on);
    if (on) talks++;
  };
  try {
    // As a page does, it joins anew whenever it has connected anew.
    socket.on("connect", () => socket.emit("join", { name: first, age: dice.between(18, 70), gender }));
    socket.on("disconnect", () => turn(false));
    socket.on("partner-disconnected", () => turn(false));
    socket.on("matched", ({ initiator }: { readonly initiator: boolean }) => {
      turn(true);
      if (initiator) socket.emit("offer", { offer: { type: "offer", sdp: description(dice) } });
      sendCandidates(scene, socket);
    });
    socket.on("offer", () => socket.emit("answer", { answer: { type: "answer", sdp: description(dice) } }));
    const refusal = new Promise<never>((_, refuse) => {
      socket.io.on("reconnect_attempt", () => scene.traffic.noteReconnect());
      socket.on("connect_error", (error) => {
        // The library gives up where the server has refused; otherwise it tries again by itself.
        if (!socket.active) refuse(new Error(`the video chat refuses: ${error.message}`));
      });
    });
    refusal.catch(() => undefined);
    await Promise.race([refusal, talk(scene, socket, stayMs, () => isTalking, turn)]);
    if (!signal.aborted && dice.happens(DIES)) socket.io.engine.close();
    return talks > 0 ? "done" : "unlucky";
  } finally {
    turn(false);
    socket.disconnect();
  }
}

function sendCandidates({ dice }: Scene, socket: Socket): void {
  for (let more = 3; more > 0; more--) socket.emit("ice-candidate", { candidate: candidate(dice) });
}

/** Says something now and then, and moves on to the next when there is nothing more to say. */
async function talk(
  { dice, signal }: Scene,
  socket: Socket,
  stayMs: number,
  isTalking: () => boolean,
  turn: (on: boolean) => void,
): Promise<void> {
  const until = performance.now() + stayMs;
  let enough = lasting(dice, TALK_MS);
  while (!signal.aborted && performance.now() < until) {
    const wait = Math.min(untilNext(dice, CHATS_PER_SECOND), until - performance.now());
    await pause(wait, signal);
    if (!isTalking() || signal.aborted) continue;
    socket.emit("chat-message", dice.pick(remarks));
    enough -= wait;
    if (enough > 0) continue;
    enough = lasting(dice, TALK_MS);
    turn(false);
    socket.emit("stop");
  }
}
