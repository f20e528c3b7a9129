import { z } from "zod";
import type { ContactAction } from "../../core/accounts/contact-steps.ts";
import { problem } from "../../core/errors/errors.ts";
import { contactStatuses } from "../../ports/contact-records.ts";
import type { RouteDoc } from "../../transport/http/documentation.ts";
import { time } from "./http-fields.ts";
import { unknownCaller } from "./http-docs.ts";

const contact = z
  .object({
    email: z.string(),
    status: z.enum(contactStatuses).meta({
      description: "`incoming`: it asks; `outgoing`: it was asked; `blocked`: by the caller.",
    }),
    since: time,
  })
  .meta({ id: "Contact" });

const outcome = z.object({
  email: z.string(),
  status: z.enum([...contactStatuses, "none"]),
  since: time.nullable(),
});

const BOB = "bob@example.com";
const SINCE = "2025-12-16T10:00:00Z";
const OUTGOING = { email: BOB, status: "outgoing", since: SINCE };
const ACCEPTED = { email: BOB, status: "accepted", since: SINCE };
const BLOCKED = { email: BOB, status: "blocked", since: SINCE };
const NONE = { email: BOB, status: "none", since: null };

const own = problem("own_address");
const notThere = problem("contact_not_found");
const full = problem("contacts_full");
const blocked = problem("contact_blocked");

function step(id: string, description: string, example: object, refusals: RouteDoc["refusals"] = []): RouteDoc {
  return {
    id,
    asksForAccount: true,
    description,
    example: { body: { email: BOB } },
    responses: { 200: { description: "What the other one is to the caller now.", schema: outcome, example } },
    refusals: [...unknownCaller, own, ...refusals],
  };
}

const REQUEST =
  "The other one sees an incoming request; if it has asked itself already, both are contacts at once. An address " +
  "without an account is answered like any other, and so is one that has blocked the caller.";

export const docs = {
  list: {
    id: "listContacts",
    asksForAccount: true,
    responses: {
      200: {
        description: "Contacts, open requests and blocked addresses.",
        schema: z.object({ contacts: z.array(contact) }),
        example: { contacts: [OUTGOING] },
      },
    },
    refusals: unknownCaller,
  },
  act: {
    ...step("changeContact", `Does what \`action\` says; left out, it requests. ${REQUEST}`, OUTGOING, [
      notThere,
      blocked,
      full,
    ]),
    example: { body: { email: BOB, action: "request" } },
  },
  request: step("requestContact", REQUEST, OUTGOING, [blocked, full]),
  accept: step("acceptContact", "Accepts an incoming request.", ACCEPTED, [notThere, full]),
  decline: step("declineContact", "Declines an incoming request. The other one may ask again.", NONE, [notThere]),
  remove: step("removeContact", "Ends a contact, or withdraws or declines a request.", NONE, [notThere]),
  block: step(
    "blockContact",
    "Ends a contact and keeps the other one away: its requests look to it as if they waited, and never arrive.",
    BLOCKED,
    [full],
  ),
  unblock: step("unblockContact", "Takes a block back. What was requested meanwhile arrives now.", NONE, [notThere]),
  removeByAddress: {
    id: "deleteContact",
    asksForAccount: true,
    description: "Ends a contact, or withdraws or declines a request.",
    params: { email: "The other one's address." },
    example: { params: { email: BOB } },
    responses: { 204: { description: "They have nothing to do with each other any more." } },
    refusals: [...unknownCaller, own, notThere],
  },
} satisfies Record<ContactAction | "list" | "act" | "removeByAddress", RouteDoc>;
