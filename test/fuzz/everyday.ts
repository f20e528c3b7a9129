import { expect } from "bun:test";
import { arenaClient } from "../support/arena-client.ts";
import { connectChat } from "../support/chat-client.ts";
import { coordinatorClient } from "../support/coordinator-client.ts";
import { post, call } from "../support/http.ts";
import { publisher, range } from "../support/match-stream.ts";
import { Guest } from "../wire/rooms-client.ts";
import type { World } from "./world.ts";

let runs = 0;

/** What everybody does on a good day, once through each face: whoever was bothered before must not show it. */
export async function everyday(world: World): Promise<void> {
  const own = `everyday-${process.pid}-${runs++}`;
  await Promise.all([
    pool(world, own),
    coordinator(world),
    devices(world, own),
    arena(world),
    chat(world),
    room(world, own),
  ]);
}

async function pool({ url }: World, own: string): Promise<void> {
  const beat = { hostId: own, roomId: `${own}-pool`, region: own };
  expect((await post(`${url}/api/host/heartbeat`, beat)).body).toEqual({ success: true, ttl: 30 });
  expect((await post(`${url}/api/match/find`, { region: own })).body).toMatchObject({
    found: true,
    roomId: beat.roomId,
  });
  expect((await call("DELETE", `${url}/api/host/${own}`)).status).toBe(200);
}

async function coordinator({ url }: World): Promise<void> {
  const client = coordinatorClient(() => `${url}/api`);
  const { session_id: id } = await client.session();
  expect((await client.post(`/sessions/${id}/activate`)).status).toBe(200);
  expect((await client.post(`/sessions/${id}/players`, { player_id: "p" })).status).toBe(200);
  expect((await client.post("/signaling/offer", { session_id: id, peer_id: "p", sdp: "v=0" })).status).toBe(200);
  expect((await client.get(`/signaling/offer/${id}`)).body).toEqual({ peer_id: "p", sdp: "v=0" });
  expect((await client.post(`/sessions/${id}/end`)).status).toBe(200);
}

async function devices({ url, wsUrl }: World, own: string): Promise<void> {
  const people = await Promise.all(
    ["a", "b"].map(async (name) => {
      const email = `${own}-${name}@example.org`;
      const { status, body } = await post(`${url}/api/auth/signup`, { email, password: "correct horse battery" });
      expect(status).toBe(201);
      return { email, token: body.token as string, device: name };
    }),
  );
  const [a, b] = people as [(typeof people)[0], (typeof people)[0]];
  const ask = (by: typeof a, email: string, action: string) =>
    post(`${url}/api/contacts`, { email, action }, { authorization: `Bearer ${by.token}` });
  await ask(a, b.email, "request");
  await ask(b, a.email, "accept");
  const sockets = people.map(() => new Guest(`${wsUrl}/socket/`));
  await Promise.all(sockets.map(({ socket }) => new Promise((open) => socket.addEventListener("open", open))));
  for (const [at, { email, token, device }] of people.entries()) {
    const socket = sockets[at]!;
    socket.send({ event: "register", from_email: email, from_token: token, from_device: device });
    expect(JSON.parse(await socket.text())).toMatchObject({ event: "register", status: "ok" });
  }
  const [first, second] = sockets as [Guest, Guest];
  expect(JSON.parse(await first.text())).toMatchObject({ event: "user_joined", from_email: b.email });
  const names = { from_email: b.email, from_device: b.device, to_email: a.email, to_device: a.device };
  second.send({ event: "sdp_offer", ...names, payload: { sdp: "v=0" } });
  expect(JSON.parse(await first.text())).toMatchObject({ event: "sdp_offer", payload: { sdp: "v=0" } });
  await Promise.all(sockets.map((socket) => socket.close()));
}

async function arena({ url, wsUrl }: World): Promise<void> {
  const client = arenaClient(() => url);
  // Whoever was left waiting in the queue would be the first to be matched.
  expect((await client.post("/admin/cleanup")).status).toBe(200);
  const match = await client.match();
  const viewer = new Guest(`${wsUrl}/ws/match/${match.id}`);
  const { start, frames, end } = publisher(() => ({ url }), match.id);
  await start();
  expect((await viewer.frame()).type).toBe("match_start");
  await frames(range(-123, -120));
  expect(await viewer.frame()).toMatchObject({ type: "frame", frame: -123 });
  await end();
  await client.end(match);
  expect((await client.get(`/matches/${match.id}`)).body).toMatchObject({ status: "completed" });
  await viewer.close();
}

async function chat({ url }: World): Promise<void> {
  const wanted = { transports: ["websocket"] };
  const [john, jane] = await Promise.all([connectChat(url, wanted), connectChat(url, wanted)]);
  // Strangers may still be in the line, so the two look for each other.
  const people = { john: `John ${runs}`, jane: `Jane ${runs}` };
  john.send("join", { name: people.john, age: 25, gender: "male" });
  jane.send("join", { name: people.jane, age: 24, gender: "female" });
  expect((await john.until("matched")).partner.age).toBeGreaterThan(0);
  expect((await jane.until("matched")).partner.age).toBeGreaterThan(0);
  john.close();
  jane.close();
}

async function room({ wsUrl }: World, own: string): Promise<void> {
  const host = new Guest(`${wsUrl}/signaling?roomId=${own}`);
  await host.welcomed();
  const player = new Guest(`${wsUrl}/signaling?roomId=${own}`);
  await player.welcomed();
  expect((await host.frame()).type).toBe("peer-joined");
  host.send({ type: "offer", sdp: "v=0" });
  expect(await player.frame()).toMatchObject({ type: "offer", sdp: "v=0", from: host.id });
  await Promise.all([host.close(), player.close()]);
}
