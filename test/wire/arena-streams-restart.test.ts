import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { arenaClient } from "../support/arena-client.ts";
import { publisher, range } from "../support/match-stream.ts";
import { startServer, type RunningServer } from "../support/server.ts";
import { Guest } from "./rooms-client.ts";

describe("a node that is alone and starts again", () => {
  let folder: string;
  let node: RunningServer;
  const start = () => startServer({ FACES: "arena", DATA_DIR: folder });
  const again = async (signal: "SIGKILL" | "SIGTERM"): Promise<void> => {
    await node.stop(signal);
    node = await start();
  };
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "streams-"));
    node = await start();
  });
  afterEach(async () => {
    await node.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const watch = async (id: string): Promise<Guest> => {
    const viewer = new Guest(`${node.wsUrl}/ws/match/${id}`);
    await new Promise((opened) => (viewer.socket.onopen = opened));
    return viewer;
  };
  const next = async (viewer: Guest, count: number): Promise<unknown[]> => {
    const seen: unknown[] = [];
    while (seen.length < count) {
      const frame = await viewer.frame();
      seen.push(frame.type === "frame" ? frame["frame"] : frame.type);
    }
    return seen;
  };

  test("shows viewers a match that goes on, with all that was answered before it was killed", async () => {
    const api = arenaClient(() => node.url);
    const { id } = await api.match();
    const agent = publisher(() => node, id);
    await agent.start();
    await again("SIGKILL");
    expect(await next(await watch(id), 1)).toEqual(["match_start"]);
    await agent.frames(range(-123, -100));
    await agent.gameEnd(1);
    await again("SIGKILL");
    const early = await watch(id);
    expect(await next(early, 2)).toEqual(["match_start", "game_end"]);
    await agent.start();
    await agent.gameEnd(1);
    await agent.frames(range(-123, -121));
    expect((await api.get("/health")).body.live_match_ids).toEqual([id]);
    expect(await next(await watch(id), 3)).toEqual(["match_start", "game_end", -121]);
    await again("SIGTERM");
    const late = await watch(id);
    await agent.frames([-120]);
    await agent.gameEnd(2);
    await agent.end();
    expect(await next(late, 5)).toEqual(["match_start", "game_end", -120, "game_end", "match_end"]);
    expect(await next(early, 3)).toEqual([-123, -122, -121]);
    await again("SIGKILL");
    const last = await watch(id);
    expect(await next(last, 4)).toEqual(["match_start", "game_end", "game_end", "match_end"]);
    expect(await last.closed()).toEqual({ code: 1000, reason: "match ended" });
    const { body } = await api.get(`/matches/${id}/replay`);
    expect([body.is_complete, body.game_numbers]).toEqual([true, [1, 2]]);
    expect(body.games[0].frames).toHaveLength(24);
  }, 60_000);
});
