import { expect, test } from "bun:test";
import { createVirtualClock } from "../../../test/support/virtual-clock.ts";
import { createMemoryHandovers } from "../../adapters/memory/handovers.ts";
import { systemRandom } from "../../adapters/system/random.ts";
import { HandshakeTickets } from "./handshake-tickets.ts";

function world() {
  const clock = createVirtualClock();
  const tickets = new HandshakeTickets({ handovers: createMemoryHandovers(clock), clock, random: systemRandom });
  const content = (ms: number) => ({ subject: "a", expiresAt: clock.now() + ms, claims: { scope: "client" } });
  return { clock, tickets, content };
}

const refused = { code: "invalid_ticket", status: 401 };

test("a ticket stands for its token once", async () => {
  const { tickets, content } = world();
  const token = content(60_000);
  const { ticket, expiresInSeconds } = await tickets.issue(token);
  expect(expiresInSeconds).toBe(30);
  expect(await tickets.redeem(ticket)).toEqual(token);
  await expect(tickets.redeem(ticket)).rejects.toMatchObject(refused);
  await expect(tickets.redeem("")).rejects.toMatchObject(refused);
});

test("it is good for 30 s, and no longer than its token", async () => {
  const { clock, tickets, content } = world();
  const [first, second] = [await tickets.issue(content(60_000)), await tickets.issue(content(5_000))];
  await clock.advance(6_000);
  await expect(tickets.redeem(second.ticket)).rejects.toMatchObject(refused);
  await clock.advance(25_000);
  await expect(tickets.redeem(first.ticket)).rejects.toMatchObject(refused);
});
