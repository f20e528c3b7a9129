import type { Person } from "../../support/cluster.ts";
import { Client, type LoadContext, type Population, type Reader } from "./context.ts";

const ACT_MS = 300;

/** People who block others and sometimes think better of it: what a directory was told must last. */
export function startContacts(load: LoadContext, size: { readonly people: number }): Population {
  const people = load.world.people(size.people);
  const acting = people.then((all) => Promise.all(all.map((one, at) => act(load, one, at))));
  return { face: "devices", finished: acting, close: () => undefined };
}

async function act(load: LoadContext, person: Person, at: number): Promise<void> {
  const client = new Client(load, "devices", at);
  const headers = { authorization: `Bearer ${person.token}` };
  let turn = 0;
  await load.every(ACT_MS, async () => {
    const email = `nuisance-${at}-${turn++}@example.com`;
    const key = `what ${email} is to ${person.email}`;
    const read: Reader = async (asker) => {
      const { status, body } = await asker.ask("contacts", "GET", "/api/contacts", undefined, headers);
      if (status !== 200) return `${status}`;
      return body.contacts.find((one: { email: string }) => one.email === email)?.status ?? "none";
    };
    const step = async (action: string, value: string): Promise<void> => {
      const reply = await client.ask(action, "POST", "/api/contacts", { email, action }, headers);
      load.wrote("devices", key, value, reply, read);
    };
    // Before anything is done, the two have nothing to do with each other.
    load.history.add("wrote", { key, value: "none", askedAt: performance.now(), fate: "done" });
    await step("block", "blocked");
    if (load.random(3) === 0) await step("unblock", "none");
  });
}
