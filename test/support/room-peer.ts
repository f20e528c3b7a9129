/** A peer of our own room protocol, as plain as it gets. */
export interface RoomPeer {
  /** What the server said at the door. */
  readonly welcome: Record<string, any>;
  /** The next message of this type, now or later; messages of other types before it are passed over. */
  next(type: string): Promise<Record<string, any>>;
  send(message: unknown): void;
  /** Says bye and closes. */
  leave(): void;
}

/** Joins a room and waits to be welcomed. */
export async function openRoomPeer(wsUrl: string, roomId: string): Promise<RoomPeer> {
  const socket = new WebSocket(`${wsUrl}/signaling?roomId=${encodeURIComponent(roomId)}`);
  const arrived: Record<string, any>[] = [];
  let wake = (): void => undefined;
  socket.onmessage = ({ data }) => {
    arrived.push(JSON.parse(data as string));
    wake();
  };
  const ended = new Promise<never>((_, failed) => {
    socket.onclose = ({ code, reason }) => failed(new Error(`the socket closed with ${code} ${reason}`));
  });
  ended.catch(() => undefined);
  const next = async (type: string): Promise<Record<string, any>> => {
    for (;;) {
      for (let message = arrived.shift(); message !== undefined; message = arrived.shift()) {
        if (message["type"] === type) return message;
      }
      await Promise.race([new Promise<void>((resume) => (wake = resume)), ended]);
    }
  };
  return {
    welcome: await next("welcome"),
    next,
    send: (message) => socket.send(JSON.stringify(message)),
    leave() {
      socket.send(JSON.stringify({ type: "bye" }));
      socket.close(1000);
    },
  };
}
