import type { Ratings } from "../../core/ratings/ratings.ts";
import { policy } from "../../transport/http/policy.ts";
import { exactJson, route, type Route } from "../../transport/http/route.ts";
import { validate } from "../../transport/http/validate.ts";
import { agentIdInPath, pageQuery } from "./fields.ts";
import { rating, ratingChange } from "./present.ts";
import { docs } from "./rating-docs.ts";

export function ratingRoutes({ ratings }: { readonly ratings: Ratings }): readonly Route[] {
  return [
    route({
      method: "GET",
      path: "/leaderboard",
      summary: "Ranks the agents that were rated here",
      doc: docs.leaderboard,
      policy: policy.signedIn,
      query: pageQuery,
      async handle({ query }) {
        const agents = await ratings.leaderboard(query);
        const ranked = agents.map((agent, at) => ({ rank: query.offset + at + 1, ...rating(agent) }));
        return exactJson(200, { agents: ranked, ...query });
      },
    }),
    route({
      method: "GET",
      path: "/agents/:agent_id/rating",
      summary: "Shows an agent's rating and how it came about",
      doc: docs.rating,
      policy: policy.signedIn,
      query: pageQuery,
      async handle({ params, query }) {
        const { agent_id: agentId } = validate(agentIdInPath, { agent_id: params["agent_id"] }, "path");
        const found = await ratings.get(agentId, query);
        return exactJson(200, { ...rating(found.rating), history: found.history.map(ratingChange) });
      },
    }),
  ];
}
