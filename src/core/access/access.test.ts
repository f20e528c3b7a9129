import { describe, expect, test } from "bun:test";
import { createVirtualClock } from "../../../test/support/virtual-clock.ts";
import { createMemoryHandovers } from "../../adapters/memory/handovers.ts";
import { systemRandom } from "../../adapters/system/random.ts";
import type { Verdict } from "../../ports/tokens.ts";
import { DomainError } from "../errors/errors.ts";
import { openAccess, tokenAccess } from "./access.ts";
import { holderOf } from "./caller.ts";
import { HandshakeTickets } from "./handshake-tickets.ts";

const holder = (claims: Record<string, unknown>) => holderOf({ subject: "s", expiresAt: 0, claims });

describe("the holder of a token", () => {
  test("may what its scopes say and nothing else", () => {
    const host = holder({ scope: "host client" });
    expect([host.may("host"), host.may("client"), host.may("admin"), host.may("")]).toEqual([true, true, false, false]);
    expect(host.subject).toBe("s");
  });

  test("owns the ids it names, each within its own scope", () => {
    const both = holder({ scope: "host client", host_id: "h", player_id: ["p", "q"] });
    expect([both.may("host", "h"), both.may("client", "p"), both.may("client", "q")]).toEqual([true, true, true]);
    expect([both.may("host", "p"), both.may("client", "h"), both.may("host", "")]).toEqual([false, false, false]);
    expect(holder({ scope: "client", host_id: "h" }).may("host", "h")).toBe(false);
    expect(holder({ scope: "host" }).may("host", "s")).toBe(false);
  });

  test("with scope admin may everything of everybody", () => {
    const admin = holder({ scope: "admin" });
    expect([admin.may("host", "any"), admin.may("client", "any"), admin.may("admin")]).toEqual([true, true, true]);
  });

  test("gains nothing from claims of another form", () => {
    for (const scope of [["admin"], { admin: true }, 1, null, "administrator", "ADMIN", "x,admin"]) {
      expect(holder({ scope }).may("admin")).toBe(false);
    }
    const odd = holder({ scope: "host", host_id: { toString: () => "h" } });
    expect(odd.may("host", "h")).toBe(false);
    expect(holder({ scope: "host constructor" }).may("constructor", "x")).toBe(false);
  });
});

describe("the agents of a token", () => {
  const plays = (agent_id: unknown, ...ids: string[]) => {
    const { may } = holder(JSON.parse(JSON.stringify({ scope: "client", agent_id })));
    return ids.filter((id) => may("client", id, "agent"));
  };

  test("are numbers, or their digits as text", () => {
    expect(plays(9, "9", "8")).toEqual(["9"]);
    expect(plays(["9", 0, Number.MAX_SAFE_INTEGER], "9", "0", "9007199254740991", "1")).toEqual([
      "9",
      "0",
      "9007199254740991",
    ]);
    expect(plays("9007199254740993", "9007199254740993", "9007199254740992")).toEqual(["9007199254740993"]);
    expect(plays([], "9")).toEqual([]);
    expect(plays(undefined, "9")).toEqual(["9"]);
  });

  test("are none that a number of JSON may stand for instead of another", () => {
    // As it is read: 9007199254740993 has become the even one before it.
    const rounded: unknown = JSON.parse("9007199254740993");
    for (const number of [rounded, [rounded], 1e21, -1, 1.5]) {
      const named = ["9007199254740992", "9007199254740993", "1e+21", "1000000000000000000000", "-1", "1.5", "1"];
      expect(plays(number, ...named)).toEqual([]);
    }
    expect(plays([["9"], { toString: "9" }, true, null], "9", "true", "null")).toEqual([]);
  });

  test("are the only ids that may be numbers", () => {
    const numbers = holder({ scope: "host client publisher", host_id: 7, player_id: [7], match_id: 7 });
    expect([numbers.may("host", "7"), numbers.may("client", "7"), numbers.may("publisher", "7", "match")]).toEqual([
      false,
      false,
      false,
    ]);
  });
});

describe("access", () => {
  const clock = createVirtualClock();
  const tickets = new HandshakeTickets({ handovers: createMemoryHandovers(clock), clock, random: systemRandom });
  const by = (verdict: Verdict) => tokenAccess({ verify: async () => verdict }, tickets);
  const failure = async (verdict: Verdict): Promise<DomainError> => {
    try {
      await by(verdict).identify("t");
    } catch (error) {
      return error as DomainError;
    }
    throw new Error("it was let in");
  };

  test("in open mode nobody is asked and everybody may everything", async () => {
    const open = openAccess(tickets);
    expect(open.asks).toBe(false);
    expect(open.nobody.may("admin", "x")).toBe(true);
    expect((await open.identify("rubbish")).may("host", "x")).toBe(true);
    const { ticket } = await open.issueTicket(null);
    expect((await open.redeem(ticket)).may("host", "x")).toBe(true);
  });

  test("in token mode nobody may anything", () => {
    const { asks, nobody } = by({ verdict: "bad", reason: "" });
    expect(asks).toBe(true);
    expect([nobody.may("host"), nobody.may("client", "x"), nobody.subject]).toEqual([false, false, null]);
  });

  test("a good token makes a caller of its claims", async () => {
    const claims = { scope: "host", host_id: "h" };
    const caller = await by({ verdict: "good", subject: "alice", expiresAt: 1, claims }).identify("t");
    expect([caller.subject, caller.may("host", "h")]).toEqual(["alice", true]);
  });

  test("a ticket is got for a good token, and its holder is the token's", async () => {
    const claims = { scope: "publisher", match_id: "m" };
    const access = by({ verdict: "good", subject: "alice", expiresAt: clock.now() + 60_000, claims });
    const { ticket } = await access.issueTicket("t");
    const caller = await access.redeem(ticket);
    expect([caller.subject, caller.expiresAt]).toEqual(["alice", clock.now() + 60_000]);
    expect([caller.may("publisher", "m", "match"), caller.may("publisher", "m")]).toEqual([true, false]);
    await expect(access.redeem(ticket)).rejects.toMatchObject({ code: "invalid_ticket" });
    await expect(by({ verdict: "bad", reason: "it has expired" }).issueTicket("t")).rejects.toMatchObject({
      code: "invalid_token",
    });
  });

  test("a bad one is refused with the reason, and one that cannot be checked is never let in", async () => {
    expect(await failure({ verdict: "bad", reason: "it has expired" })).toMatchObject({
      code: "invalid_token",
      status: 401,
      message: "The token is not good: it has expired.",
    });
    expect(await failure({ verdict: "unknown", cause: null })).toMatchObject({ code: "keys_unavailable", status: 503 });
  });
});
