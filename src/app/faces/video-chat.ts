import { Waits } from "../../core/journal/waits.ts";
import { chatMatches, chatTickets, type ChatView } from "../../faces/operator/sources/video-chat.ts";
import { videoChatFace } from "../../faces/video-chat/face.ts";
import { genders } from "../../faces/video-chat/schema.ts";
import type { Face } from "../../transport/face.ts";
import type { Ground } from "./ground.ts";

/** Each side is a line of its own. */
function lineOf(side: string): string {
  return `video-chat:${side}`;
}

export function buildVideoChat({ config, engine, cluster, limits, entitlements, showcase, failed }: Ground): Face {
  const { clock, timeOfDay } = engine;
  const { node } = cluster.courier;
  const { sources, queues, censuses, journal } = showcase;
  const show = (chat: ChatView): void => {
    const { pairing } = chat;
    sources.push(chatTickets(chat, node), chatMatches(chat, node));
    for (const side of genders) {
      const waits = new Waits(timeOfDay);
      queues.set(lineOf(side), { waits, oldest: () => oldestOf(chat, side) });
    }
    censuses.set("video-chat", async () => {
      const { users, matches, waiting } = await pairing.counts();
      return {
        queues: genders.map((side) => ({ name: lineOf(side), waiting: waiting[side] ?? 0, since: null })),
        matches: [{ face: "video-chat", state: "talking", count: matches }],
        videoChat: { online: users, talking: 2 * matches },
      };
    });
  };
  return videoChatFace({
    tickets: engine.tickets("video-chat"),
    clock,
    timeOfDay,
    courier: cluster.courier,
    membership: cluster.membership,
    entitlements,
    relayOnly: config.ICE_POLICY === "relay",
    limits,
    journal,
    waitsOf: (side) => queues.get(lineOf(side))?.waits ?? null,
    show,
    failed: failed("a step of the video chat failed"),
  });
}

/** When the member of this node came that waits longest on a side, in ms. */
function oldestOf({ pairing }: ChatView, side: string): number | null {
  let oldest: number | null = null;
  for (const id of pairing.members()) {
    const member = pairing.member(id);
    if (member?.phase !== "waiting" || member.wish.side !== side) continue;
    oldest = Math.min(oldest ?? member.since, member.since);
  }
  return oldest;
}
