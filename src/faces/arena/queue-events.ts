import type { Entitlements } from "../../core/credentials/entitlements.ts";
import type { Queue } from "../../core/matches/queue.ts";
import type { Place } from "../../ports/queue-records.ts";
import type { QueueWatch } from "../../core/matches/queue-watch.ts";
import type { Clock, Timer } from "../../ports/clock.ts";
import type { Call, Caller } from "../../transport/http/call.ts";
import { eventStreamHeaders, openEventStream } from "../../transport/http/event-stream.ts";
import { queued } from "./present.ts";

/** How often a silent stream shows that it lives, in ms. */
const KEEP_ALIVE_MS = 15_000;

export interface QueueEventsOptions {
  readonly queue: Queue;
  readonly watch: QueueWatch;
  readonly clock: Clock;
  readonly entitlements: Pick<Entitlements, "mark">;
}

/** How long whoever has asked after a match that plays counts as being in it, in ms. */
const PLAYING_MS = 10 * 60_000;

/**
 * Notes that the caller is in a match, if it is: its opponent waits to be connected to. One whose token has both
 * players' codes meets only itself.
 */
export function noteMatch(
  entitlements: Pick<Entitlements, "mark">,
  caller: Pick<Caller, "subject" | "may">,
  { match }: Place,
): void {
  const { subject } = caller;
  if (subject === null || match?.status !== "playing") return;
  const isBoth = [match.p1, match.p2].every(({ connectCode }) => caller.may("client", connectCode));
  if (!isBoth) entitlements.mark(subject, PLAYING_MS);
}

/**
 * Streams how an entry of the queue stands, until it has left the queue.
 *
 * @throws {DomainError} queue_entry_not_found
 */
export async function queueEvents(
  { queue, watch, clock, entitlements }: QueueEventsOptions,
  { request, caller, whenExpired }: Pick<Call, "request" | "caller" | "whenExpired">,
  queueId: string,
): Promise<Response> {
  if (request.method === "HEAD") {
    await queue.look(queueId);
    return new Response(null, { headers: eventStreamHeaders });
  }
  // An EventSource comes back by itself when a stream ends, until it is told that there is nothing more.
  if (/^(matched|expired|cancelled)$/.test(request.headers.get("last-event-id") ?? "")) {
    return new Response(null, { status: 204 });
  }
  let stopWatching = (): void => undefined;
  let isOver = false;
  let keepAlive: Timer | null = null;
  let takeBack = (): void => undefined;
  const stream = openEventStream(() => {
    isOver = true;
    keepAlive?.cancel();
    takeBack();
    stopWatching();
  });
  stopWatching = await watch.watch(queue, queueId, {
    show(place) {
      const { status } = place.entry;
      noteMatch(entitlements, caller, place);
      stream.send({ event: status, id: status, data: JSON.stringify(queued(place)) });
    },
    end: () => stream.end(),
  });
  if (isOver) stopWatching();
  else {
    keepAlive = clock.every(KEEP_ALIVE_MS, () => void stream.keepAlive());
    takeBack = whenExpired(() => stream.end());
  }
  return stream.response;
}
