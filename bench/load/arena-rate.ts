// Players who join the arena's queue at a steady rate, whatever becomes of those before them. One who has to wait asks
// as soon as its opponent knows of it. Measures from when the second of two was due until each of them knows.
//
//   bun bench/load/arena-rate.ts URL TICKETS_A_SECOND SECONDS
import { connect, type Socket } from "bun";
import { measureWhenAsked } from "../harness/asked.ts";
import { atRate, createLatencies } from "../harness/latency.ts";

const url = new URL(process.argv[2]!);
const [perSecond, seconds] = [Number(process.argv[3]), Number(process.argv[4])];

/** More than are ever busy at once below saturation; past this, requests wait here, and their wait counts. */
const CONNECTIONS = 512;

/** How long after the last was sent the answers may take, in ms. */
const PATIENCE_MS = 5_000;

interface Answer {
  readonly queue_id: string;
  readonly status: string;
  readonly opponent_code: string | null;
}

interface Request {
  readonly text: string;
  answered(answer: Answer): void;
}

interface Line {
  socket: Socket<Line> | null;
  request: Request | null;
  received: string;
}

const idle: Line[] = [];
const waiting: Request[] = [];

function send(request: Request): void {
  const line = idle.pop();
  if (line === undefined) return void waiting.push(request);
  line.request = request;
  line.socket!.write(request.text);
}

/** Takes the answer once it is whole. */
function receive(line: Line, chunk: Buffer): void {
  line.received += chunk.toString("latin1");
  const head = line.received.indexOf("\r\n\r\n");
  if (head < 0) return;
  const length = Number(/content-length: (\d+)/i.exec(line.received)?.[1]);
  if (line.received.length < head + 4 + length) return;
  const [text, { answered }] = [line.received, line.request!];
  if (!text.startsWith("HTTP/1.1 200")) throw new Error(`answered ${text}`);
  line.received = "";
  line.request = null;
  idle.push(line);
  const next = waiting.shift();
  if (next !== undefined) send(next);
  answered(JSON.parse(text.slice(head + 4)) as Answer);
}

async function open(): Promise<void> {
  const line: Line = { socket: null, request: null, received: "" };
  line.socket = await connect<Line>({
    hostname: url.hostname,
    port: Number(url.port),
    data: line,
    socket: {
      data: (_, chunk) => receive(line, chunk),
      close() {
        if (line.request !== null) throw new Error("the server has closed a connection on which it was asked");
      },
    },
  });
  idle.push(line);
}

/** One who joins. */
interface Ticket {
  /** When it was due to join, in ms. */
  readonly dueAt: number;
  /** Null until it was told to wait. */
  queueId: string | null;
  /** When the later of the two was due to join; null until somebody has met it. */
  pairDueAt: number | null;
}

let run = 0;

await measureWhenAsked(async () => {
  // A connection on which nothing is asked is closed, and others are measured meanwhile.
  for (const { socket } of idle.splice(0)) socket!.end();
  await Promise.all(Array.from({ length: CONNECTIONS }, open));
  const prefix = `R${process.pid}.${run++}#`;
  const tickets: Ticket[] = [];
  const latencies = createLatencies();
  let unknowing = 0;
  const numberOf = (code: string | null): number => (code?.startsWith(prefix) ? Number(code.slice(prefix.length)) : -1);
  const knows = (dueAt: number): void => {
    unknowing--;
    latencies.add(performance.now() - dueAt);
  };
  const ask = ({ queueId, pairDueAt }: Ticket): void => {
    const text = `GET /queue/${queueId} HTTP/1.1\r\nHost: arena\r\n\r\n`;
    send({
      text,
      answered({ status }) {
        if (status !== "matched") throw new Error(`${queueId} is ${status} though it was met`);
        knows(pairDueAt!);
      },
    });
  };
  const join = (dueAt: number): void => {
    const number = tickets.length;
    const ticket: Ticket = { dueAt, queueId: null, pairDueAt: null };
    tickets.push(ticket);
    unknowing++;
    const digits = number.toString(16).padStart(8, "0");
    const wallet = `0x1F36B4c388CA${digits}Ddb5b90D${digits}cF8f`;
    const body = `{"connect_code":"${prefix}${number}","fighter_name":"phillip","wallet_address":"${wallet}","agent_id":${number}}`;
    const head = `POST /queue/join HTTP/1.1\r\nHost: arena\r\nContent-Type: application/json\r\nContent-Length: ${body.length}`;
    send({
      text: `${head}\r\n\r\n${body}`,
      answered({ queue_id, status, opponent_code }) {
        if (status !== "matched") {
          ticket.queueId = queue_id;
          if (ticket.pairDueAt !== null) ask(ticket);
          return;
        }
        const opponent = tickets[numberOf(opponent_code)];
        const pairDueAt = Math.max(dueAt, opponent?.dueAt ?? 0);
        knows(pairDueAt);
        // Somebody who was left waiting by the round before has nobody here to ask.
        if (opponent === undefined) return;
        opponent.pairDueAt = pairDueAt;
        if (opponent.queueId !== null) ask(opponent);
      },
    });
  };
  const cpu = process.cpuUsage();
  await atRate({ perSecond, seconds }, join);
  const { user, system } = process.cpuUsage(cpu);
  const until = performance.now() + PATIENCE_MS;
  // One may be left waiting at the end.
  while (unknowing > 1 && performance.now() < until) await Bun.sleep(5);
  if (unknowing > 1) throw new Error(`${unknowing} of ${tickets.length} never came to know of a match`);
  return {
    p50: latencies.at(0.5),
    p99: latencies.at(0.99),
    generator: (user + system) / 1e6 / seconds,
  };
});
