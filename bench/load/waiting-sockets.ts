// Strangers of the video chat over Socket.IO: so many men wait, and women come one after the other, meet the one who has
// waited longest, and go; he joins again, at the end of the line.
//
//   bun bench/load/waiting-sockets.ts URL WAITING SECONDS
import { measureWhenAsked } from "../harness/asked.ts";

const url = `${process.argv[2]!.replace(/^http/, "ws")}/socket.io/?EIO=4&transport=websocket`;
const [waiting, seconds] = [Number(process.argv[3]), Number(process.argv[4])];

/** Handshakes that are under way at once, and women. */
const AT_ONCE = 16;

function event(name: string, ...args: readonly unknown[]): string {
  return `42${JSON.stringify([name, ...args])}`;
}

/** Connects and joins; `hears` is told the name of each event. */
function stranger(gender: "male" | "female", hears: (socket: WebSocket, event: string) => void): void {
  const join = event("join", { name: "John", age: 25, gender });
  const socket = new WebSocket(url);
  const answers: Readonly<Record<string, string>> = { "0{": "40", "40": join, "2": "3" };
  socket.addEventListener("message", ({ data }) => {
    const text = String(data);
    const name = /^42\["([^"]+)"/.exec(text)?.[1];
    if (name === "partner-disconnected") socket.send(join);
    if (name !== undefined) return hears(socket, name);
    const answer = answers[text.slice(0, 2)];
    if (answer !== undefined) socket.send(answer);
  });
  socket.addEventListener("error", () => {
    throw new Error("a socket has failed");
  });
}

let begun = 0;
async function wait(): Promise<void> {
  while (begun++ < waiting) {
    await new Promise<void>((isWaiting) => stranger("male", (_, name) => name === "waiting" && isWaiting()));
  }
}

function meet(): Promise<void> {
  return new Promise((gone) => {
    stranger("female", (socket, name) => {
      if (name === "error") throw new Error("a join was refused");
      if (name !== "matched") return;
      socket.addEventListener("close", () => gone());
      socket.close();
    });
  });
}

await Promise.all(Array.from({ length: AT_ONCE }, wait));

await measureWhenAsked(async () => {
  const until = performance.now() + seconds * 1_000;
  const cpu = process.cpuUsage();
  let pairings = 0;
  const women = async (): Promise<void> => {
    for (; performance.now() < until; pairings++) await meet();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, women));
  const { user, system } = process.cpuUsage(cpu);
  return { pairings, generator: (user + system) / 1e6 / seconds };
});
