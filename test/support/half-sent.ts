import { connect } from "node:net";

/** A request of which only the head and the beginning of its body have been sent. */
export interface HalfSent {
  /** What has come back so far. */
  answer(): string;
  /** Resolves to what came back once the server has ended the connection. */
  readonly ended: Promise<string>;
  send(more: string): void;
  hangUp(): void;
}

/** Resolves once it is sent. `request`: it, as far as it goes. */
export function sendHalf(port: number, request: string): Promise<HalfSent> {
  return new Promise((sent, failed) => {
    let text = "";
    const { promise: ended, resolve: end } = Promise.withResolvers<string>();
    const socket = connect(port, "127.0.0.1");
    const half: HalfSent = {
      answer: () => text,
      ended,
      send: (more) => void socket.write(more),
      hangUp: () => void socket.destroy(),
    };
    socket.on("connect", () => {
      socket.write(request, () => sent(half));
    });
    socket.on("data", (data) => (text += data.toString("latin1")));
    socket.on("error", failed);
    socket.on("close", () => end(text));
  });
}
