import { contactActions, type ContactAction } from "../../core/accounts/contact-steps.ts";
import type { Contacts } from "../../core/accounts/contacts.ts";
import type { Directory } from "../../core/accounts/directory.ts";
import { normalEmail } from "../../core/accounts/email.ts";
import { DomainError } from "../../core/errors/errors.ts";
import { policy } from "../../transport/http/policy.ts";
import { json, route, type Answer, type Route } from "../../transport/http/route.ts";
import { docs } from "./contact-docs.ts";
import { presentContact, presentStep } from "./contact-present.ts";
import { contactActionBody, contactBody } from "./contact-schema.ts";
import { callerOf } from "./http-caller.ts";

export interface ContactRoutesOptions {
  readonly contacts: Contacts;
  readonly directory: Directory;
}

const summaries: Readonly<Record<ContactAction, string>> = {
  request: "Asks somebody to be a contact",
  accept: "Accepts a request",
  decline: "Declines a request",
  remove: "Ends a contact or a request",
  block: "Blocks an address",
  unblock: "Takes a block back",
};

export function contactRoutes({ contacts, directory }: ContactRoutesOptions): readonly Route[] {
  const act = async (request: Request, action: ContactAction, email: string): Promise<Answer> => {
    const who = await callerOf(directory, request);
    return json(200, presentStep(email, await contacts.act(who, action, email)));
  };
  return [
    route({
      method: "GET",
      path: "/api/contacts",
      summary: "Lists contacts and requests, by address",
      doc: docs.list,
      policy: policy.account,
      async handle({ request }) {
        const { email } = await callerOf(directory, request);
        return json(200, { contacts: (await contacts.list(email)).map(presentContact) });
      },
    }),
    route({
      method: "POST",
      path: "/api/contacts",
      summary: "Changes what somebody is to the caller",
      doc: docs.act,
      policy: policy.account,
      body: contactActionBody,
      handle: ({ request, body }) => act(request, body.action, body.email),
    }),
    ...contactActions.map((action) =>
      route({
        method: "POST",
        path: `/api/contacts/${action}`,
        summary: summaries[action],
        doc: docs[action],
        policy: policy.account,
        body: contactBody,
        handle: ({ request, body }) => act(request, action, body.email),
      }),
    ),
    route({
      method: "DELETE",
      path: "/api/contacts/:email",
      summary: "Ends a contact or a request",
      doc: docs.removeByAddress,
      policy: policy.account,
      async handle({ request, params }) {
        const who = await callerOf(directory, request);
        const email = normalEmail(params["email"] ?? "");
        if (email === null) throw new DomainError("contact_not_found");
        await contacts.act(who, "remove", email);
        return new Response(null, { status: 204 });
      },
    }),
  ];
}
