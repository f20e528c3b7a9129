import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { version } from "../../src/app/version.ts";
import { buildExecutable, openFolder, type Executable } from "../support/executable.ts";
import { freePort } from "../support/free-port.ts";
import { call, post } from "../support/http.ts";
import { collectOutput } from "../support/output.ts";
import { openRoomPeer } from "../support/room-peer.ts";

/** How long building may take, and an emulated machine, in ms. */
const PATIENT_MS = 60_000;

/** Debian's emulator and its C library for that machine; a machine of that kind needs neither. */
const emulated = process.arch === "arm64" ? [] : ["qemu-aarch64-static", "-L", "/usr/aarch64-linux-gnu"];

let executable: Executable;
let folder: string;
beforeAll(async () => {
  executable = await buildExecutable("linux-arm64");
  folder = openFolder("arm64");
}, PATIENT_MS);
afterAll(() => {
  executable.remove();
  rmSync(folder, { recursive: true, force: true });
});

function begin(args: readonly string[]) {
  return Bun.spawn([...emulated, executable.path, ...args], {
    cwd: folder,
    env: { PATH: process.env["PATH"] ?? "" },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
}

describe("the executable for arm64", () => {
  test(
    "says its version",
    async () => {
      const child = begin(["--version"]);
      expect((await new Response(child.stdout).text()).trim()).toBe(version);
      expect(await child.exited).toBe(0);
    },
    PATIENT_MS,
  );

  test(
    "serves pages, gives hosts away, relays between sockets, keeps records, and ends when it is told to",
    async () => {
      const port = await freePort();
      const [url, wsUrl] = [`http://127.0.0.1:${port}`, `ws://127.0.0.1:${port}`];
      // An emulator is slow: work that waits long for its turn is no overload.
      const child = begin(["serve", "--port", `${port}`, "--max-delay-ms", "0"]);
      try {
        await collectOutput(child, "is listening on");
        expect((await call("GET", `${url}/docs`)).body).toContain("<h1");
        await post(`${url}/api/host/heartbeat`, { hostId: "h", roomId: "r", region: "eu" });
        expect((await post(`${url}/api/match/find`, { region: "eu" })).body).toMatchObject({
          found: true,
          roomId: "r",
        });
        const person = { email: "somebody@example.com", password: "correct horse battery" };
        expect((await post(`${url}/api/auth/signup`, person)).status).toBe(201);
        const peers = [await openRoomPeer(wsUrl, "r"), await openRoomPeer(wsUrl, "r")];
        peers[0]!.send({ type: "offer", sdp: "v=0" });
        expect(await peers[1]!.next("offer")).toMatchObject({ sdp: "v=0" });
        for (const peer of peers) peer.leave();
      } finally {
        child.kill("SIGTERM");
      }
      expect(await child.exited).toBe(0);
    },
    PATIENT_MS,
  );
});
