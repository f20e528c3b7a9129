import { aFighter, arenaClient } from "../support/arena-client.ts";
import { connectChat } from "../support/chat-client.ts";
import { openSession } from "../support/coordinator.ts";
import { member } from "../support/devices-client.ts";
import { post } from "../support/http.ts";
import { publisher } from "../support/match-stream.ts";
import { openRoomPeer } from "../support/room-peer.ts";
import type { RunningServer } from "../support/server.ts";

export interface World {
  /** The id of a session. */
  readonly session: string;
  /** The connect code of a fighter who waits. */
  readonly fighter: string;
  close(): void;
}

/** A host of the pool says that it is there. */
export async function beat(server: RunningServer, hostId: string, region: string): Promise<void> {
  const { status } = await post(`${server.url}/api/host/heartbeat`, { hostId, roomId: `room-of-${hostId}`, region });
  if (status !== 200) throw new Error(`a heartbeat was answered ${status}`);
}

const PING_MS = 20_000;

/** Hosts that beat once last as long as a test. */
export const SETTINGS = { HOST_LEASE_SECONDS: "3600" };

/** At least one of everything that the dashboard lists. */
export async function populate(server: RunningServer): Promise<World> {
  const arena = arenaClient(() => server.url);
  const waits = aFighter();
  const regions = ["eu-west", "us-east", "asia"];
  await Promise.all(
    Array.from({ length: 60 }, (_, at) => beat(server, `pc-${String(at).padStart(2, "0")}`, regions[at % 3]!)),
  );
  const match = await arena.match();
  await arena.join(waits);
  const stream = publisher(() => server, match.id);
  await stream.start();
  await stream.frame(1);
  const session = await openSession(server.url);
  const peers = [await openRoomPeer(server.wsUrl, "a-room"), await openRoomPeer(server.wsUrl, "room-of-pc-00")];
  const chatter = await connectChat(server.url, { transports: ["websocket"] });
  chatter.send("join", { name: "John", age: 25, gender: "male" });
  await chatter.next("waiting");
  const closeDevice = await openDevice(server);
  return {
    session: session.id,
    fighter: waits.code,
    close() {
      for (const peer of peers) peer.leave();
      chatter.close();
      closeDevice();
    },
  };
}

/** Signs in a device and lets it ping, without which it is closed; returns what ends it. */
async function openDevice(server: RunningServer): Promise<() => void> {
  const { email, token } = await member(() => server.url);
  const socket = new WebSocket(`${server.wsUrl}/socket/`);
  await new Promise((opened) => socket.addEventListener("open", opened, { once: true }));
  const registered = new Promise((heard) => socket.addEventListener("message", heard, { once: true }));
  const from = { from_email: email, from_token: token, from_device: "laptop" };
  const payload = { device_name: "Laptop", device_type: "desktop" };
  socket.send(JSON.stringify({ ...from, to_email: "", to_device: "", event: "register", payload }));
  await registered;
  const pinging = setInterval(() => socket.send(JSON.stringify({ event: "ping" })), PING_MS);
  return () => {
    clearInterval(pinging);
    socket.close();
  };
}
