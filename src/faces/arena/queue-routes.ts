import type { z } from "zod";
import { policy } from "../../transport/http/policy.ts";
import { Refusal } from "../../transport/http/refusal.ts";
import { exactJson, json, route, type Call, type Route } from "../../transport/http/route.ts";
import type { RequestLimit } from "../../transport/limits/limit.ts";
import { ownerOfEntry } from "./owners.ts";
import { joined, queued } from "./present.ts";
import { queueEvents, type QueueEventsOptions } from "./queue-events.ts";
import { docs } from "./queue-docs.ts";
import { quickJoin } from "./quick.ts";
import { joinBody } from "./schema.ts";

/** Where tokens are asked for, a player joins under its own code only: joining cancels what waits under that code. */
const asPlayer = policy.player(({ body }: Call<z.output<typeof joinBody>>) => body.connect_code);

export interface QueueRoutesOptions extends QueueEventsOptions {
  readonly limits: Readonly<Record<"join" | "write", RequestLimit | undefined>>;
}

export function queueRoutes(options: QueueRoutesOptions): readonly Route[] {
  const { queue, limits, queueMatches } = options;
  const asOwner = ownerOfEntry(queue);
  const named = ({ params }: Pick<Call, "params">): string => params["queue_id"] ?? "";
  return [
    route({
      method: "POST",
      path: "/queue/join",
      urgency: "new",
      summary: "Joins the queue, and whoever waits there",
      doc: docs.join,
      policy: asPlayer,
      limit: limits.join,
      body: joinBody,
      quick: quickJoin,
      async handle({ body, caller }) {
        if (body.agent_id !== null && !caller.may("client", `${body.agent_id}`, "agent")) {
          throw new Refusal("forbidden", "This agent belongs to somebody else.");
        }
        const place = await queue.join({
          connectCode: body.connect_code,
          fighterName: body.fighter_name,
          wallet: body.wallet_address,
          agentId: body.agent_id,
        });
        const noted = queueMatches.joined(caller, place);
        if (noted !== undefined) await noted;
        const answer = joined(place);
        return typeof answer.opponent_agent_id === "bigint" ? exactJson(200, answer) : json(200, answer);
      },
    }),
    route({
      method: "GET",
      path: "/queue/:queue_id",
      urgency: "finish",
      summary: "Shows a place in the queue and keeps it",
      doc: docs.poll,
      policy: asOwner,
      async handle(call) {
        const place = await queue.look(named(call));
        const noted = queueMatches.told(call.caller, place);
        if (noted !== undefined) await noted;
        return json(200, queued(place));
      },
    }),
    route({
      method: "DELETE",
      limit: limits.write,
      path: "/queue/:queue_id",
      urgency: "finish",
      summary: "Leaves the queue",
      doc: docs.leave,
      policy: asOwner,
      handle: async (call) => json(200, { success: await queue.leave(named(call)) }),
    }),
    route({
      method: "GET",
      path: "/queue/:queue_id/events",
      summary: "Tells of a place in the queue as it changes",
      doc: docs.events,
      policy: asOwner,
      isStream: true,
      handle: (call) => queueEvents(options, call, named(call)),
    }),
  ];
}
