import type { Matches } from "../../core/matches/matches.ts";
import type { Queue } from "../../core/matches/queue.ts";
import { walletName } from "../../core/signatures/signature.ts";
import { ownerless, policy, type Grants, type OwnerId } from "../../transport/http/policy.ts";
import type { Call } from "../../transport/http/route.ts";
import { matchNamed } from "./paths.ts";

/** A queue_id lets whoever knows it act for its player. Where tokens are asked for, the player's token is needed, too. */

/** Whoever joined with the queue_id in the path. One that nobody knows is answered as such. */
export function ownerOfEntry(queue: Queue): Grants {
  return policy.player(async ({ params }) => (await queue.ownerOf(params["queue_id"] ?? "")) ?? ownerless);
}

/** Whoever joined the match with the queue_id in the body. */
export function ownerOfSide(matches: Matches): Grants<Call<{ readonly queue_id: string }>> {
  return policy.player(async (call: Call<{ readonly queue_id: string }>): Promise<OwnerId> => {
    const { p1, p2 } = await matches.get(matchNamed(call));
    const side = [p1, p2].find(({ queueId }) => queueId === call.body.queue_id);
    return side?.connectCode ?? ownerless;
  });
}

/** Whoever joined the match with the wallet that signs; where neither side did, both may try. */
export function ownerOfWallet(matches: Matches): Grants<Call<{ readonly address: string }>> {
  const side =
    (which: "p1" | "p2") =>
    async (call: Call<{ readonly address: string }>): Promise<OwnerId> => {
      const match = await matches.get(matchNamed(call));
      const signer = walletName(call.body.address);
      const own = [match.p1, match.p2].filter(({ wallet }) => signer !== null && walletName(wallet ?? "") === signer);
      return own.length === 0 || own.includes(match[which]) ? match[which].connectCode : null;
    };
  return policy.any(policy.player(side("p1")), policy.player(side("p2")));
}
