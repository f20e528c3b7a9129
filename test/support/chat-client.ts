import { io, type ManagerOptions, type Socket, type SocketOptions } from "socket.io-client";

export type ChatOptions = Partial<ManagerOptions & SocketOptions>;

/** The unmodified socket.io-client, with what it hears kept in order until a test asks for it. */
export interface ChatClient {
  readonly socket: Socket;
  readonly id: string;
  send(event: string, ...args: unknown[]): void;
  /** The next thing heard, which must be this event; its first argument. */
  next(event: string): Promise<any>;
  /** The next of this event; what was heard before it is forgotten. */
  until(event: string): Promise<any>;
  /**
   * Proves that nothing has come beside what was taken: asks something that is always refused, and finds the refusal
   * first in line. Everything this client sent before has then been handled.
   */
  nothingElse(): Promise<void>;
  close(): void;
}

/** How long a test waits for one event, in ms. */
const PATIENCE_MS = 8_000;

/** Connects, and waits until it has. Every call makes a connection of its own. */
export async function connectChat(url: string, options: ChatOptions = {}): Promise<ChatClient> {
  const socket = io(url, { forceNew: true, ...options });
  const heard: [event: string, args: unknown[]][] = [];
  let arrived = (): void => undefined;
  socket.onAny((event: string, ...args: unknown[]) => {
    heard.push([event, args]);
    arrived();
  });
  await new Promise<void>((connected, failed) => {
    socket.once("connect", connected);
    socket.once("connect_error", failed);
  });
  const id = socket.id!;

  const take = async (event: string): Promise<[string, unknown[]]> => {
    if (heard.length === 0) {
      await new Promise<void>((resume, fail) => {
        const late = setTimeout(
          () => fail(new Error(`${id} has not heard ${event} in ${PATIENCE_MS} ms`)),
          PATIENCE_MS,
        );
        arrived = () => {
          clearTimeout(late);
          arrived = () => undefined;
          resume();
        };
      });
    }
    return heard.shift()!;
  };

  const next = async (event: string): Promise<unknown> => {
    const [name, args] = await take(event);
    if (name !== event) throw new Error(`${id} heard ${name} ${JSON.stringify(args)} where ${event} was due`);
    return args[0];
  };

  return {
    socket,
    id,
    send: (event, ...args) => void socket.emit(event, ...args),
    next,
    async until(event) {
      for (;;) {
        const [name, args] = await take(event);
        if (name === event) return args[0];
      }
    },
    async nothingElse() {
      socket.emit("join", null);
      const refusal = await next("error");
      if (JSON.stringify(refusal) !== '{"message":"Invalid user data"}') throw new Error(JSON.stringify(refusal));
    },
    close: () => void socket.disconnect(),
  };
}
