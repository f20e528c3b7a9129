import { post } from "../support/http.ts";
import type { Knowledge } from "./knowledge.ts";
import type { World } from "./world.ts";
import { arenaClient } from "../support/arena-client.ts";
import { coordinatorClient } from "../support/coordinator-client.ts";

const PASSWORD = "correct horse battery";

/** Makes what sockets are about: people who know each other, sessions, matches. */
export async function gather({ url }: World, knowledge: Knowledge): Promise<void> {
  await Promise.all([people(url, knowledge), sessions(url, knowledge), matches(url, knowledge)]);
}

async function people(url: string, knowledge: Knowledge): Promise<void> {
  const all = [];
  for (let at = 0; at < 6; at++) {
    const email = `user${at}@example.org`;
    const { body } = await post(`${url}/api/auth/signup`, { email, password: PASSWORD });
    all.push({ email, token: body.token as string });
  }
  const ask = (by: { token: string }, email: string, action: string) =>
    post(`${url}/api/contacts`, { email, action }, { authorization: `Bearer ${by.token}` });
  for (const [at, one] of all.entries()) {
    for (const other of all.slice(at + 1)) {
      await ask(one, other.email, "request");
      await ask(other, one.email, "accept");
    }
    knowledge.learn({ email: one.email, token: one.token }, { device: `device-${at % 3}` });
  }
}

async function sessions(url: string, knowledge: Knowledge): Promise<void> {
  const client = coordinatorClient(() => `${url}/api`);
  for (let at = 0; at < 3; at++) {
    const { session_id } = await client.session();
    for (let peer = 0; peer < 3; peer++) knowledge.learn({ session_id, peer_id: `peer-${peer + 3 * at}` }, {});
  }
}

async function matches(url: string, knowledge: Knowledge): Promise<void> {
  const client = arenaClient(() => url);
  for (let at = 0; at < 6; at++) knowledge.learn({ match_id: (await client.match()).id }, {});
}
