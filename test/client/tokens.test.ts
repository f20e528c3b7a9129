// The client against a server that asks for tokens.
import { afterAll, beforeAll, expect, test } from "bun:test";
import {
  Coordinator,
  Devices,
  Forbidden,
  HostPool,
  IceServers,
  Rooms,
  Tickets,
  Unauthorized,
} from "../../client/src/index.ts";
import { VideoChat } from "../../client/src/video-chat.ts";
import { startServer, type RunningServer } from "../support/server.ts";
import { SECRET, sign } from "../support/tokens.ts";

let server: RunningServer;
beforeAll(async () => {
  server = await startServer({
    AUTH_MODE: "token",
    JWT_SECRET: SECRET,
    TURN_URLS: "turn:127.0.0.1:9",
    TURN_SECRET: "north",
  });
});
afterAll(async () => {
  await server?.stop();
});

const seconds = (from: number): number => Math.floor(Date.now() / 1000) + from;
const optionsOf = (claims: object, subject?: string) => ({
  url: server.url,
  token: () => sign({ ...claims }, subject),
});

test("calls, sockets and Socket.IO show the token; without one, or with another's, the error says so", async () => {
  const host = optionsOf({ scope: "host", host_id: "host-1" }, "rack");
  const roomId = crypto.randomUUID();
  await new HostPool(host).heartbeat({ hostId: "host-1", roomId });
  await expect(new HostPool(host).heartbeat({ hostId: "host-2", roomId })).rejects.toBeInstanceOf(Forbidden);
  await expect(new HostPool({ url: server.url }).find()).rejects.toBeInstanceOf(Unauthorized);
  const seat = new Rooms(host).join(roomId);
  await seat.ready;
  seat.leave();

  const admin = new Coordinator(optionsOf({ scope: "admin" }));
  await admin.createZone({ zone_id: "z", zone_name: "z" });
  await expect(new Coordinator(host).createZone({ zone_id: "y", zone_name: "y" })).rejects.toBeInstanceOf(Forbidden);
  expect((await new Tickets(host).issue()).expires_in).toBe(30);

  // Credentials are for those who have been matched; a connection is tried without any.
  const ice = new IceServers(optionsOf({ scope: "client" }, "nobody's match"));
  await expect(ice.get()).rejects.toMatchObject({ code: "not_matched" });
  expect(await ice.configuration("all")).toEqual({ iceServers: [], iceTransportPolicy: "all" });

  const user = new VideoChat(optionsOf({ scope: "client" })).join({ name: "Ann", age: 30, gender: "female" });
  expect(await new Promise((waiting) => user.on("waiting", waiting))).toBe(1);
  user.leave();
});

test("a socket whose token ends comes back with a fresh one, to the same seat", async () => {
  let isLong = false;
  const token = () => sign({ scope: "client", exp: seconds(isLong ? 300 : 4) }, "ann");
  const room = new Rooms({ url: server.url, token }).join(crypto.randomUUID());
  await room.ready;
  const { peerId } = room;
  isLong = true;
  await new Promise<void>((back) => room.on("resumed", () => back()));
  expect(room.peerId).toBe(peerId);
  room.leave();
});

test("a device whose token ends, which it is told by a code of its own, comes back with a fresh one", async () => {
  let isLong = false;
  const email = "ann@example.com";
  const token = () => sign({ scope: "client", email, exp: seconds(isLong ? 300 : 4) }, "ann");
  const socket = new Devices({ url: server.url, token }).register({ email, device: "laptop" });
  await socket.ready;
  isLong = true;
  const ended = new Promise((_, failed) => socket.on("closed", failed));
  await Promise.race([ended, new Promise<void>((back) => socket.on("registered", () => back()))]);
  socket.close();
});

test("where no token is good, sockets end with what they were refused for", async () => {
  const bad = { url: server.url, token: () => "no token at all" };
  await expect(new Rooms(bad).join("r").ready).rejects.toBeInstanceOf(Unauthorized);
  const user = new VideoChat(bad).join({ name: "Ann", age: 30, gender: "female" });
  expect(await new Promise((closed) => user.on("closed", closed))).toBeInstanceOf(Unauthorized);
});
