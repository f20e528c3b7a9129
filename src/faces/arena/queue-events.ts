import type { Queue } from "../../core/matches/queue.ts";
import type { QueueMatches } from "../../core/matches/queue-matches.ts";
import type { QueueWatch } from "../../core/matches/queue-watch.ts";
import type { Clock, Timer } from "../../ports/clock.ts";
import type { Call } from "../../transport/http/call.ts";
import { eventStreamHeaders, openEventStream } from "../../transport/http/event-stream.ts";
import { queued } from "./present.ts";

/** How often a silent stream shows that it lives, in ms. */
const KEEP_ALIVE_MS = 15_000;

export interface QueueEventsOptions {
  readonly queue: Queue;
  readonly watch: QueueWatch;
  readonly clock: Clock;
  readonly queueMatches: Pick<QueueMatches, "joined" | "told">;
}

/**
 * Streams how an entry of the queue stands, until it has left the queue.
 *
 * @throws {DomainError} queue_entry_not_found
 */
export async function queueEvents(
  { queue, watch, clock, queueMatches }: QueueEventsOptions,
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
  // In order, each behind what is noted of it: whoever reads of a match may ask for what comes with one.
  let shown = Promise.resolve();
  stopWatching = await watch.watch(queue, queueId, {
    show(place) {
      const { status } = place.entry;
      const noted = queueMatches.told(caller, place);
      shown = Promise.all([shown, noted]).then(() => {
        stream.send({ event: status, id: status, data: JSON.stringify(queued(place)) });
      });
    },
    end: () => void shown.then(() => stream.end()),
  });
  if (isOver) stopWatching();
  else {
    keepAlive = clock.every(KEEP_ALIVE_MS, () => void stream.keepAlive());
    takeBack = whenExpired(() => stream.end());
  }
  return stream.response;
}
