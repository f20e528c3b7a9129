import type { HandshakeTicket } from "../../core/access/handshake-tickets.ts";
import type { Face } from "../../transport/face.ts";
import { bearerToken } from "../../transport/http/bearer.ts";
import { policy } from "../../transport/http/policy.ts";
import type { RequestLimit } from "../../transport/limits/limit.ts";
import { json, plainRefusal, route } from "../../transport/http/route.ts";
import { docs, groupDoc } from "./docs.ts";

export interface TicketsFaceOptions {
  issue(token: string | null): Promise<HandshakeTicket>;
  readonly limit: RequestLimit | undefined;
}

/** Tickets for handshakes that can carry no header. */
export function ticketsFace({ issue, limit }: TicketsFaceOptions): Face {
  return {
    name: "tickets",
    http: [
      {
        name: "tickets",
        prefixes: ["/api/tickets"],
        crossOrigin: true,
        limit,
        doc: groupDoc,
        refuse: plainRefusal,
        routes: [
          route({
            method: "POST",
            path: "/api/tickets",
            summary: "A one-time ticket for a handshake",
            doc: docs.issue,
            policy: policy.signedIn,
            async handle({ request }) {
              const { ticket, expiresInSeconds } = await issue(bearerToken(request));
              return json(201, { ticket, expires_in: expiresInSeconds });
            },
          }),
        ],
      },
    ],
  };
}
