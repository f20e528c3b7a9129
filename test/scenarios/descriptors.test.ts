import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { eventually } from "../support/eventually.ts";
import { call } from "../support/http.ts";
import { openRoomPeer } from "../support/room-peer.ts";
import { startServer, type RunningServer } from "../support/server.ts";

/** Descriptors the server may have beside those it has when nobody is there. */
const ROOM = 100;

describe("a server whose descriptors run out", () => {
  let server: RunningServer;
  let crowd: Socket[];

  beforeEach(async () => {
    crowd = [];
    server = await startServer({ LOG_LEVEL: "info" });
    const limit = readdirSync(`/proc/${server.pid}/fd`).length + ROOM;
    expect(Bun.spawnSync(["prlimit", "--pid", `${server.pid}`, `--nofile=${limit}:${limit}`]).exitCode).toBe(0);
  });
  afterEach(async () => {
    for (const socket of crowd) socket.destroy();
    await server.stop();
  });

  /** Resolves to whether the server took it. */
  const dial = (): Promise<boolean> =>
    new Promise((answer) => {
      const socket = connect(server.port, "127.0.0.1", () => answer(true));
      socket.on("error", () => answer(false));
      crowd.push(socket);
    });
  const fill = (): Promise<boolean> =>
    eventually("nobody is taken any more", async () => {
      const taken = await Promise.all(Array.from({ length: 10 }, dial));
      return taken.includes(false);
    });
  const processorMs = (): number => {
    const fields = readFileSync(`/proc/${server.pid}/stat`, "utf8").split(") ")[1]!.split(" ");
    return (Number(fields[11]) + Number(fields[12])) * 10;
  };

  test("refuses who comes, rests, and goes on for those it has", async () => {
    const [one, other] = [await openRoomPeer(server.wsUrl, "room"), await openRoomPeer(server.wsUrl, "room")];
    await fill();
    await eventually("it is said", () => server.output().includes("descriptors run out"));
    const [began, before] = [performance.now(), processorMs()];
    await eventually("a second of messages", async () => {
      one.send({ type: "offer", sdp: "v=0" });
      await other.next("offer");
      return performance.now() - began > 1_000;
    });
    expect((processorMs() - before) / (performance.now() - began)).toBeLessThan(0.5);
    expect(await dial()).toBe(false);
    expect(server.output()).not.toContain("EMFILE");
    one.leave();
    other.leave();
  });

  test("takes them again as soon as others have gone", async () => {
    await fill();
    for (const socket of crowd.splice(0)) socket.destroy();
    // A request could go over a connection from before; a new one is what was refused.
    await eventually("somebody is taken", dial);
    await eventually("it is said", () => server.output().includes("new connections are taken again"));
    expect((await call("POST", `${server.url}/queue/join`, { connect_code: "CODE#1" })).status).toBe(200);
  });

  test("ends in good order while nobody is taken", async () => {
    await fill();
    for (const socket of crowd.splice(0)) socket.destroy();
    expect(await server.stop()).toBe(0);
  });
});
