import { describe, expect, test } from "bun:test";
import type { ContactCounts, ContactStatus, Standing } from "../../ports/contact-records.ts";
import { contactActions, contactSteps, MOST, type ContactAction } from "./contact-steps.ts";

const NONE: ContactCounts = { accepted: 0, incoming: 0, outgoing: 0, blocked: 0 };
const free = { mine: NONE, theirs: NONE };

function stand(mine: ContactStatus | null, theirs: ContactStatus | null): Standing {
  return { mine, theirs };
}

/** Every way two people can stand to each other, and what each action makes of it; a code where it is refused. */
const table: readonly [Standing, Record<ContactAction, Standing | string>][] = [
  [
    stand(null, null),
    {
      request: stand("outgoing", "incoming"),
      accept: "contact_not_found",
      decline: "contact_not_found",
      remove: "contact_not_found",
      block: stand("blocked", null),
      unblock: "contact_not_found",
    },
  ],
  [
    stand("outgoing", "incoming"),
    {
      request: stand("outgoing", "incoming"),
      accept: "contact_not_found",
      decline: "contact_not_found",
      remove: stand(null, null),
      block: stand("blocked", null),
      unblock: "contact_not_found",
    },
  ],
  [
    stand("incoming", "outgoing"),
    {
      request: stand("accepted", "accepted"),
      accept: stand("accepted", "accepted"),
      decline: stand(null, null),
      remove: stand(null, null),
      block: stand("blocked", "outgoing"),
      unblock: "contact_not_found",
    },
  ],
  [
    stand("accepted", "accepted"),
    {
      request: stand("accepted", "accepted"),
      accept: stand("accepted", "accepted"),
      decline: "contact_not_found",
      remove: stand(null, null),
      block: stand("blocked", null),
      unblock: "contact_not_found",
    },
  ],
  [
    stand(null, "blocked"),
    {
      request: stand("outgoing", "blocked"),
      accept: "contact_not_found",
      decline: "contact_not_found",
      remove: "contact_not_found",
      block: stand("blocked", "blocked"),
      unblock: "contact_not_found",
    },
  ],
  [
    stand("outgoing", "blocked"),
    {
      request: stand("outgoing", "blocked"),
      accept: "contact_not_found",
      decline: "contact_not_found",
      remove: stand(null, "blocked"),
      block: stand("blocked", "blocked"),
      unblock: "contact_not_found",
    },
  ],
  [
    stand("blocked", null),
    {
      request: "contact_blocked",
      accept: "contact_not_found",
      decline: "contact_not_found",
      remove: "contact_not_found",
      block: stand("blocked", null),
      unblock: stand(null, null),
    },
  ],
  [
    stand("blocked", "outgoing"),
    {
      request: "contact_blocked",
      accept: "contact_not_found",
      decline: "contact_not_found",
      remove: "contact_not_found",
      block: stand("blocked", "outgoing"),
      unblock: stand("incoming", "outgoing"),
    },
  ],
  [
    stand("blocked", "blocked"),
    {
      request: "contact_blocked",
      accept: "contact_not_found",
      decline: "contact_not_found",
      remove: "contact_not_found",
      block: stand("blocked", "blocked"),
      unblock: stand(null, "blocked"),
    },
  ],
];

function outcome(action: ContactAction, now: Standing, counts = free): Standing | string {
  try {
    return contactSteps[action](now, counts);
  } catch (error) {
    return (error as { code: string }).code;
  }
}

describe("what each action makes of two people", () => {
  for (const [now, expected] of table) {
    test(`who are ${now.mine} and ${now.theirs}`, () => {
      const outcomes = contactActions.map((action) => [action, outcome(action, now)]);
      expect(Object.fromEntries(outcomes)).toEqual(expected);
    });
  }
});

describe("whoever is blocked", () => {
  test("sees for each thing it does what it would see of somebody who does not answer", () => {
    const mine = (now: Standing, action: ContactAction): unknown => {
      const after = outcome(action, now);
      return typeof after === "string" ? after : after.mine;
    };
    for (const action of contactActions) {
      expect(mine(stand(null, "blocked"), action)).toEqual(mine(stand(null, null), action));
      expect(mine(stand("outgoing", "blocked"), action)).toEqual(mine(stand("outgoing", "incoming"), action));
    }
  });

  test("is refused for too many requests there just as others are", () => {
    const counts = { mine: NONE, theirs: { ...NONE, incoming: MOST.incoming } };
    expect(outcome("request", stand(null, null), counts)).toBe("contacts_full");
    expect(outcome("request", stand(null, "blocked"), counts)).toBe("contacts_full");
  });
});

test("nobody gets more than the most of anything", () => {
  const full = (status: ContactStatus) => ({ ...NONE, [status]: MOST[status] });
  const cases: readonly [ContactAction, Standing, ContactCounts, ContactCounts][] = [
    ["request", stand(null, null), full("outgoing"), NONE],
    ["request", stand("incoming", "outgoing"), full("accepted"), NONE],
    ["request", stand("incoming", "outgoing"), NONE, full("accepted")],
    ["accept", stand("incoming", "outgoing"), full("accepted"), NONE],
    ["accept", stand("incoming", "outgoing"), NONE, full("accepted")],
    ["block", stand(null, null), full("blocked"), NONE],
  ];
  for (const [action, now, mine, theirs] of cases) {
    expect(outcome(action, now, { mine, theirs })).toBe("contacts_full");
  }
});
