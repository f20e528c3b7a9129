import type { ContactCounts, ContactDecision, ContactStatus, Standing } from "../../ports/contact-records.ts";
import { DomainError } from "../errors/errors.ts";

export const contactActions = ["request", "accept", "decline", "remove", "block", "unblock"] as const;
export type ContactAction = (typeof contactActions)[number];

/**
 * How many of each somebody may have. Incoming ones are bounded too: anybody can make them.
 */
export const MOST: ContactCounts = { accepted: 1000, outgoing: 200, incoming: 1000, blocked: 1000 };

const CONNECTED: Standing = { mine: "accepted", theirs: "accepted" };
const NOTHING: Standing = { mine: null, theirs: null };

/**
 * What each action makes of two people. Always true of them: one is `outgoing` if and only if the other is `incoming` or
 * has `blocked`; both are `accepted` or none. So whoever is blocked sees a request that waits, as any other does.
 *
 * Each may be repeated: what is so already stays.
 */
export const contactSteps: Readonly<Record<ContactAction, ContactDecision>> = {
  request(now, counts) {
    switch (now.mine) {
      case "accepted":
      case "outgoing":
        return now;
      case "blocked":
        throw new DomainError("contact_blocked");
      case "incoming":
        // Both want it.
        return connect(counts);
      case null:
        room(counts.mine, "outgoing", "You have");
        // Asked of those who have blocked as of others, or the answer would tell them apart.
        room(counts.theirs, "incoming", "They have");
        return { mine: "outgoing", theirs: now.theirs === "blocked" ? "blocked" : "incoming" };
    }
  },
  accept(now, counts) {
    if (now.mine === "accepted") return now;
    if (now.mine !== "incoming") throw noRequest();
    return connect(counts);
  },
  decline(now) {
    if (now.mine !== "incoming") throw noRequest();
    return NOTHING;
  },
  remove(now) {
    if (now.mine === null || now.mine === "blocked") throw new DomainError("contact_not_found");
    return { mine: null, theirs: now.theirs === "blocked" ? "blocked" : null };
  },
  block(now, counts) {
    if (now.mine === "blocked") return now;
    room(counts.mine, "blocked", "You have");
    const theirs = now.theirs === "outgoing" || now.theirs === "blocked" ? now.theirs : null;
    return { mine: "blocked", theirs };
  },
  unblock(now) {
    if (now.mine !== "blocked") throw new DomainError("contact_not_found", "This address is not blocked.");
    // What was asked meanwhile arrives now.
    return { mine: now.theirs === "outgoing" ? "incoming" : null, theirs: now.theirs };
  },
};

function connect(counts: { readonly mine: ContactCounts; readonly theirs: ContactCounts }): Standing {
  room(counts.mine, "accepted", "You have");
  room(counts.theirs, "accepted", "They have");
  return CONNECTED;
}

function room(counts: ContactCounts, status: ContactStatus, who: string): void {
  if (counts[status] < MOST[status]) return;
  const what = {
    accepted: "contacts",
    blocked: "blocked addresses",
    incoming: "open requests",
    outgoing: "open requests",
  };
  throw new DomainError("contacts_full", `${who} ${MOST[status]} ${what[status]} already.`);
}

function noRequest(): DomainError {
  return new DomainError("contact_not_found", "There is no request from this address.");
}
