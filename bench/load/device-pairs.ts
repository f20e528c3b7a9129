import type { PairClient } from "./pairs.ts";

/** What the generator needs of a server. */
interface Server {
  readonly url: string;
  readonly port: number;
}

interface User {
  readonly email: string;
  readonly token: string;
}

/** How long each message is, in bytes: an offer with two media and a few candidates. */
export const MESSAGE_BYTES = 1_200;

/** Budgets so wide that a measurement never uses one up; each of them is looked at all the same. */
export const WIDE_BUDGETS = [
  "signup=address:1000000/1s",
  "request=address:1000000/1s",
  "connect=address:1000000/1s",
  "presence=address:1000000/1s",
  "message=address:1000000/1s,socket:1000000/1s",
  "signal=account:1000000/1s",
].join(";");

const LINE = "a=candidate:1234567890 1 udp 2122260223 192.168.1.100 54321 typ host generation 0\r\n";

/** An SDP, roughly, that makes the text that `around` puts it into as long as a message is. */
export function filled(around: (sdp: string) => string): string {
  const start = "v=0\r\no=- 4611731400430051336 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n";
  let sdp = start;
  while (around(sdp + LINE).length <= MESSAGE_BYTES) sdp += LINE;
  return around(sdp + "x".repeat(MESSAGE_BYTES - around(sdp).length));
}

/** A message of the devices' protocol, with all its fields. */
export function deviceMessage(fields: Readonly<Record<string, unknown>>): string {
  const all = { from_email: "", from_token: "", from_device: "", to_email: "", to_device: "", event: "", payload: {} };
  return JSON.stringify({ ...all, ...fields });
}

/**
 * Devices in pairs that offer each other a connection, of users who are contacts in pairs.
 *
 * @param servers the nodes: the two of a pair are on neighbouring ones, which on a single node is the same
 */
export async function devicePairs(
  servers: readonly Server[],
  { users, devicesEach }: { readonly users: number; readonly devicesEach: number },
): Promise<PairClient[]> {
  const server = servers[0]!;
  const people: User[] = [];
  for (let n = 0; n < users; n++) people.push(await signUp(server, `bench${n}@example.com`));
  for (let n = 0; n < users; n += 2) await befriend(server, people[n]!, people[n + 1]!);
  return Array.from({ length: users * devicesEach }, (_, n): PairClient => {
    const pair = n >> 1;
    // The even ones are of one user, and the odd ones of the contact.
    const first = (pair % (users / 2)) * 2;
    const [own, other] = n % 2 === 0 ? [first, first + 1] : [first + 1, first];
    const { port } = servers[(pair + (n % 2)) % servers.length]!;
    return devicePair(port, n, people[own]!, people[other]!);
  });
}

/** The clients of a relay that knows devices by their names alone. */
export function namedPairs(port: number, count: number): PairClient[] {
  return Array.from({ length: count }, (_, n) => {
    const user = (at: number): User => ({ email: `bench${at % 2}@example.com`, token: "none" });
    return devicePair(port, n, user(n), user(n + 1));
  });
}

/** The clients of an echo: each hears what it says. */
export function echoClients(port: number, count: number): PairClient[] {
  return namedPairs(port, count).map((client, n) => ({
    ...client,
    path: "/echo",
    ready: '"event":"register"',
    receiver: n,
  }));
}

function devicePair(port: number, n: number, own: User, other: User): PairClient {
  const [device, peer] = [deviceName(n), deviceName(n ^ 1)];
  const from = { from_email: own.email, from_device: device };
  const to = { to_email: other.email, to_device: peer };
  return {
    port,
    path: "/socket/",
    first: deviceMessage({ ...from, from_token: own.token, event: "register" }),
    ready: '"status":"ok"',
    receiver: n ^ 1,
    message: filled((sdp) => deviceMessage({ ...from, ...to, event: "sdp_offer", payload: { sdp, type: "offer" } })),
  };
}

/** As long as the ids that browsers are given. */
function deviceName(n: number): string {
  return `device-${String(n).padStart(5, "0")}-7c9e6679-7425-40de-944b`;
}

async function signUp({ url }: Server, email: string): Promise<User> {
  const { token } = (await post(`${url}/api/auth/signup`, { email, password: "correct horse battery" })) as User;
  return { email, token };
}

async function befriend({ url }: Server, a: User, b: User): Promise<void> {
  await post(`${url}/api/contacts`, { email: b.email, action: "request" }, a.token);
  await post(`${url}/api/contacts`, { email: a.email, action: "accept" }, b.token);
}

async function post(url: string, body: object, token?: string): Promise<unknown> {
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const headers = { "content-type": "application/json", ...authorization };
  const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
  return response.json();
}
