import { expect } from "bun:test";
import { call, post } from "../support/http.ts";
import type { RunningServer } from "../support/server.ts";
import { Guest, RawGuest } from "./rooms-client.ts";

/** A signed-in user. */
export interface User {
  readonly email: string;
  readonly token: string;
  readonly tokenId: string;
}

let people = 0;

/** Signs up somebody new. */
export async function signUp(server: Pick<RunningServer, "url">, name = "user"): Promise<User> {
  const email = `${name}${++people}-${process.pid}@example.com`;
  const { status, body } = await post(`${server.url}/api/auth/signup`, { email, password: "correct horse battery" });
  expect(status).toBe(201);
  return { email, token: body.token, tokenId: body.token_id };
}

/** Makes two users each other's contacts. */
export async function befriend(server: RunningServer, a: User, b: User): Promise<void> {
  await change(server, a, b, "request");
  await change(server, b, a, "accept");
}

export async function change(server: RunningServer, by: User, whom: User, action: string): Promise<void> {
  const answer = await call(
    "POST",
    `${server.url}/api/contacts`,
    { email: whom.email, action },
    { authorization: `Bearer ${by.token}` },
  );
  expect(answer.status).toBeLessThan(300);
}

export type Event = Record<string, any>;

/** What both kinds of clients do with the document's events. */
export interface DeviceClient {
  event(): Promise<Event>;
  /** The next event of this name; others before it are an error. */
  expectEvent(name: string): Promise<Event>;
  /** Everything that came before the answer to a question asked now. */
  before(): Promise<Event[]>;
}

export const socketUrl = (server: Pick<RunningServer, "wsUrl">): string => `${server.wsUrl}/socket/`;

/** All fields of the document, empty but for those given. */
export function message(fields: Event): Event {
  return {
    from_email: "",
    from_token: "",
    from_device: "",
    to_email: "",
    to_device: "",
    event: "",
    payload: {},
    ...fields,
  };
}

const events = <Client extends Guest | RawGuest>(client: Client): Client & DeviceClient => {
  const event = async (): Promise<Event> => JSON.parse(await client.text()) as Event;
  return Object.assign(client, {
    event,
    async expectEvent(name: string) {
      const one = await event();
      expect(one["event"]).toBe(name);
      return one;
    },
    async before() {
      client.send({ event: "connect" });
      const all: Event[] = [];
      for (;;) {
        const one = await event();
        if (one["event"] === "connected") return all;
        all.push(one);
      }
    },
  });
};

export const open = (server: Pick<RunningServer, "wsUrl">): Guest & DeviceClient =>
  events(new Guest(socketUrl(server)));
export const openRaw = (server: RunningServer): RawGuest & DeviceClient => events(new RawGuest(socketUrl(server)));

export type Device = Guest & DeviceClient & { readonly user: User; readonly device: string; readonly socketId: string };

async function register<Client extends Guest | RawGuest>(client: Client & DeviceClient, user: User, device: string) {
  const registration = { from_email: user.email, from_token: user.token, from_device: device, event: "register" };
  client.send(message({ ...registration, payload: { device_name: `${device}'s name`, device_type: "desktop" } }));
  const answer = await client.event();
  expect(answer).toEqual({ event: "register", status: "ok", socket_id: expect.any(String) });
  return Object.assign(client, { user, device, socketId: answer["socket_id"] as string });
}

/** A device that has registered. */
export async function device(server: Pick<RunningServer, "wsUrl">, user: User, name: string): Promise<Device> {
  const client = open(server);
  await new Promise((opened) => client.socket.addEventListener("open", opened, { once: true }));
  return register(client, user, name);
}

/** The same over bare TCP. */
export async function rawDevice(server: RunningServer, user: User, name: string) {
  return register(openRaw(server), user, name);
}

/** A message from one device to another. */
export function mail(
  from: { user: User; device: string },
  to: { user: User; device: string },
  more: Event = {},
): Event {
  return message({
    from_email: from.user.email,
    from_device: from.device,
    to_email: to.user.email,
    to_device: to.device,
    event: "try_connect",
    ...more,
  });
}
