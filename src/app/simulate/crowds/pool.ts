import { lasting } from "../chance.ts";
import { Refusal } from "../client.ts";
import { regionOf } from "../names.ts";
import { pause } from "../pause.ts";
import { meanStay, openLine, type Crowd, type Outcome, type Scene } from "../scene.ts";
import { candidate, description, letters } from "../sdp.ts";
import { PoolHost } from "./pool-host.ts";

/** How long a player waits for the host to offer a connection, in ms. */
const PATIENCE_MS = 10_000;
/** How often a player's network fails for a moment. */
const STUMBLES = 0.15;
/** How often a player who got a host never comes. */
const STRAYS = 0.03;

/** Gaming PCs, and players who press Play. */
export function poolCrowd(scene: Scene, hasRooms: boolean): Crowd {
  const { dice, signal, size, perSecond } = scene;
  const hosts = Array.from({ length: size }, (_, number) => new PoolHost(scene, number, hasRooms));
  const mean = meanStay(size, perSecond);
  let playing = 0;

  /** Meets the host in its room, and stays for a while. */
  async function meet(room: string, stayMs: number, bearer: ReturnType<typeof scene.tokens.of>): Promise<Outcome> {
    const { promise: isOffered, resolve } = Promise.withResolvers<boolean>();
    const alone = new AbortController();
    const over = AbortSignal.any([signal, alone.signal]);
    let seat: { readonly token: string; received: number } | null = null;
    const line = openLine(scene, bearer, {
      path() {
        const resume = seat === null ? "" : `&resume=${seat.token}&received=${seat.received}`;
        return `/signaling?roomId=${encodeURIComponent(room)}${resume}`;
      },
      heard(message) {
        const { type, resumeToken } = message as { readonly type: string; readonly resumeToken: string };
        if (type === "welcome") seat = { token: resumeToken, received: 0 };
        else if (type !== "resumed" && seat !== null) seat.received++;
        if (type === "peer-left") alone.abort();
        if (type !== "offer") return;
        line.send({ type: "answer", sdp: description(dice) });
        for (let more = 3; more > 0; more--) line.send({ type: "ice-candidate", candidate: candidate(dice) });
        resolve(true);
      },
      // The room is full, or the host's token is the only one that opens it.
      ended: () => resolve(false),
    });
    try {
      const isMet = await Promise.race([isOffered, pause(PATIENCE_MS, signal).then(() => signal.aborted)]);
      if (!isMet) return "unlucky";
      await pause(stayMs / 2, over);
      if (!over.aborted && dice.happens(STUMBLES)) line.drop();
      await pause(stayMs / 2, over);
      line.send({ type: "bye" });
      return "done";
    } finally {
      line.close();
    }
  }

  return {
    live: async () => void (await Promise.all(hosts.map((one) => one.run()))),
    async act() {
      const bearer = scene.tokens.of({ sub: `player-${letters(dice, 10)}`, scope: "client" });
      const wish = dice.happens(0.8) ? { region: regionOf(dice) } : {};
      let room: string;
      try {
        ({ roomId: room } = await scene.client.as(bearer).post<{ readonly roomId: string }>("/api/match/find", wish));
      } catch (error) {
        // Everybody plays already: it happens.
        if (error instanceof Refusal && error.status === 404) return "unlucky";
        throw error;
      }
      if (dice.happens(STRAYS)) return "unlucky";
      const stayMs = lasting(dice, mean);
      playing++;
      try {
        if (hasRooms) return await meet(room, stayMs, bearer);
        const host = hosts.find((one) => one.room === room);
        await host?.busy(true);
        await pause(stayMs, signal);
        if (host !== undefined && host.state === "busy") await host.busy(false);
        return "done";
      } finally {
        playing--;
      }
    },
    now: () => ({ hosts: hosts.filter(({ state }) => state !== "away").length, playing }),
  };
}
