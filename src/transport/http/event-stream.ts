/** An open answer of server-sent events (WHATWG HTML, 9.2). */
export interface EventStream {
  readonly response: Response;
  /**
   * Sends an event. A reader that comes back names the last `id` it has seen in `Last-Event-ID`. False if the stream is
   * over, or its reader has fallen too far behind.
   */
  send(message: { readonly event: string; readonly id: string; readonly data: string }): boolean;
  /** Sends a line that no reader sees, so that nobody in between takes the stream for dead. */
  keepAlive(): boolean;
  /** Ends the answer properly. */
  end(): void;
}

/** An answer that goes on until it is ended. */
export class OngoingResponse extends Response {
  /** Ends it properly; its reader may come back. */
  readonly end: () => void;
  /** Resolves once it has ended, whichever side ended it. */
  readonly ended: Promise<void>;

  constructor(body: ReadableStream<Uint8Array>, init: ResponseInit, end: () => void, ended: Promise<void>) {
    super(body, init);
    this.end = end;
    this.ended = ended;
  }
}

/** Unread pieces after which a reader counts as gone. */
const MAX_UNREAD = 64;

/** Begins an answer. `onEnd` is called once, whichever side ends it. */
export function openEventStream(onEnd: () => void): EventStream {
  const encoder = new TextEncoder();
  let isOver = false;
  let controller: ReadableStreamDefaultController<Uint8Array>;
  const { promise: ended, resolve: settle } = Promise.withResolvers<void>();
  const over = (): void => {
    if (isOver) return;
    isOver = true;
    settle();
    onEnd();
  };
  const body = new ReadableStream<Uint8Array>(
    {
      start: (given) => void (controller = given),
      cancel: over,
    },
    { highWaterMark: MAX_UNREAD },
  );
  const end = (): void => {
    if (isOver) return;
    over();
    controller.close();
  };
  const write = (text: string): boolean => {
    if (isOver) return false;
    if ((controller.desiredSize ?? 0) <= 0) {
      end();
      return false;
    }
    controller.enqueue(encoder.encode(text));
    return true;
  };
  return {
    response: new OngoingResponse(body, { headers: eventStreamHeaders }, end, ended),
    send: ({ event, id, data }) => write(`event: ${event}\nid: ${id}\n${data.replace(/^/gm, "data: ")}\n\n`),
    keepAlive: () => write(":\n\n"),
    end,
  };
}

/** Proxies neither keep nor hold back the answer. */
export const eventStreamHeaders: Readonly<Record<string, string>> = {
  "content-type": "text/event-stream",
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
  "x-accel-buffering": "no",
};
