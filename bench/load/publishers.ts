import { connect } from "node:net";
import { FRAME_BYTES, sentFrame, shownFrame } from "./frames.ts";

/** Says frames that are due at once, in the words of the server it is connected to. */
export interface Publisher {
  publish(numbers: readonly number[]): void;
  close(): void;
}

/** Begins a match of the arena and its stream, and sends each batch as one message of the publisher's socket. */
export async function arenaPublisher(url: string): Promise<Publisher & { readonly match: string }> {
  const post = async (path: string, body: string): Promise<unknown> => {
    const answer = await fetch(url + path, { method: "POST", body, headers: { "content-type": "application/json" } });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  const join = (code: string) => post("/queue/join", JSON.stringify({ connect_code: code }));
  await join("ONE#1");
  const { match_id: match } = (await join("TWO#2")) as { match_id: string };
  const players = [1, 2, 3].map((port) => ({ port, character_id: port, connect_code: "ONE#1" }));
  await post(`/matches/${match}/stream/start`, JSON.stringify({ stage_id: 2, players }));
  const socket = await open(`${url}/ws/stream/${match}`);
  socket.onmessage = ({ data }) => {
    throw new Error(`frames were refused: ${String(data)}`);
  };
  return {
    match,
    publish: (numbers) => socket.send(`{"type":"frames","frames":[${numbers.map(sentFrame).join(",")}]}`),
    close: () => socket.close(),
  };
}

/** Sends each frame, or each batch with a line for each frame, as a message of a WebSocket. */
export async function socketPublisher(url: string, batched: boolean): Promise<Publisher> {
  const socket = await open(url);
  return {
    publish(numbers) {
      const frames = numbers.map(shownFrame);
      for (const message of batched ? [frames.join("\n")] : frames) socket.send(message);
    },
    close: () => socket.close(),
  };
}

async function open(url: string): Promise<WebSocket> {
  const socket = new WebSocket(url.replace(/^http/, "ws"));
  await new Promise((opened, failed) => {
    socket.onopen = opened;
    socket.onerror = failed;
  });
  return socket;
}

/** Writes each frame as a line. */
export const linePublisher = (url: string) => tcpPublisher(url, "", (frame) => `${frame}\n`);

/** Publishes on a subject of NATS; all that is due at once in one write. */
export const natsPublisher = (url: string, subject: string) =>
  tcpPublisher(url, 'CONNECT {"verbose":false}\r\n', (frame) => `PUB ${subject} ${FRAME_BYTES}\r\n${frame}\r\n`);

async function tcpPublisher(url: string, hello: string, written: (frame: string) => string): Promise<Publisher> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  await new Promise((open, failed) => socket.once("connect", open).once("error", failed));
  socket.setNoDelay(true);
  socket.resume();
  if (hello !== "") socket.write(hello);
  return {
    publish: (numbers) => void socket.write(numbers.map((number) => written(shownFrame(number))).join("")),
    close: () => void socket.destroy(),
  };
}
