import { beforeEach, expect, test } from "bun:test";
import { createVirtualClock, type VirtualClock } from "../../../test/support/virtual-clock.ts";
import { createExpiries } from "../limits/expiries.ts";
import type { Connection } from "./connection.ts";
import { Lobby } from "./lobby.ts";

const PATIENCE_MS = 45_000;

let clock: VirtualClock;
let lobby: Lobby;
/** Who has asked once more. */
let again: Connection[];
let connection: Connection & { readyState: string };

beforeEach(() => {
  clock = createVirtualClock();
  again = [];
  const expiries = createExpiries(clock, (error) => {
    throw error;
  });
  lobby = new Lobby({ after: expiries.after, patienceMs: PATIENCE_MS, again: (one) => void again.push(one) });
  const close = (): void => void (connection.readyState = "closed");
  connection = { readyState: "open", transport: { close }, close };
  lobby.came(connection);
});

test("a connection that has given its socket up is closed after its time", async () => {
  lobby.asks(connection);
  lobby.joined(connection);
  lobby.left(connection);
  await clock.advance(PATIENCE_MS - 1);
  expect(connection.readyState).toBe("open");
  await clock.advance(1);
  expect(connection.readyState).toBe("closed");
});

test("one that has another by then is not", async () => {
  lobby.joined(connection);
  lobby.left(connection);
  expect([lobby.asks(connection), again]).toEqual([true, [connection]]);
  lobby.joined(connection);
  await clock.advance(2 * PATIENCE_MS);
  expect(connection.readyState).toBe("open");
});

test("who waits or has a socket may not ask for one, who was refused may", () => {
  expect([lobby.asks(connection), lobby.asks(connection)]).toEqual([true, false]);
  lobby.refused(connection);
  expect(lobby.asks(connection)).toBe(true);
  lobby.joined(connection);
  expect([lobby.asks(connection), lobby.has(connection), again]).toEqual([false, false, [connection]]);
});

test("nothing is kept of one that has closed", () => {
  lobby.gone(connection);
  connection.close();
  // Its socket leaves after it.
  lobby.left(connection);
  expect(lobby.has(connection)).toBe(false);
});
