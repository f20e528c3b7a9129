// Devices over real sockets: messages a second on one node and across two, and many devices that come back at once.
//
//   bun bench/devices.ts [devices]        needs redis-server and postgres on the machine
import { startPostgres } from "../test/support/postgres.ts";
import { startRedis } from "../test/support/redis.ts";
import { startServer, type RunningServer } from "../test/support/server.ts";
import { befriend, device, mail, message, signUp, type Device, type User } from "../test/wire/devices-client.ts";

const MANY = Number(process.argv[2] ?? 5_000);
const MESSAGES = 50_000;

const redis = await startRedis();
const postgres = await startPostgres();
const settings = {
  ...{ FACES: "devices", REDIS_URL: redis.url, DATABASE_URL: postgres.url, RATE_LIMIT_PER_MINUTE: "0" },
  SOCKET_MESSAGES_PER_SECOND: "1000000",
};
const nodes = [await startServer(settings), await startServer(settings), await startServer(settings)];
const [ada, bob] = [await signUp(nodes[0]!), await signUp(nodes[1]!)];
await befriend(nodes[0]!, ada, bob);

/** What was started must not outlive a measurement that fails. */
process.on("uncaughtException", (error) => {
  console.error(error, nodes.map((node) => node.output().slice(-1500)).join("\n"));
  void end(1);
});

async function end(code: number): Promise<void> {
  await Promise.all(nodes.map((node) => node.stop("SIGKILL")));
  await Promise.all([redis.stop(), postgres.stop()]);
  process.exit(code);
}

const cpuOf = async (node: RunningServer): Promise<number> => {
  const fields = (await Bun.file(`/proc/${node.pid}/stat`).text()).split(") ")[1]!.split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10;
};

async function relay(what: string, from: Device, to: Device): Promise<void> {
  const candidate = "candidate:1234567890 1 udp 2122260223 192.168.1.100 54321 typ host";
  const text = JSON.stringify(mail(from, to, { event: "ice_candidate", payload: { candidate, sdpMid: "0" } }));
  let arrived = 0;
  let done = (): void => undefined;
  to.socket.onmessage = () => ++arrived === MESSAGES && done();
  const all = new Promise<void>((finished) => (done = finished));
  const began = performance.now();
  const before = await Promise.all(nodes.map(cpuOf));
  for (let sent = 0; sent < MESSAGES; sent++) {
    from.socket.send(text);
    // A sender with some sense leaves no more than this under way.
    while (sent - arrived >= 200) {
      if (from.socket.readyState !== WebSocket.OPEN) throw new Error("the sender's socket was closed");
      await new Promise((resume) => setTimeout(resume, 0));
    }
  }
  await all;
  const seconds = (performance.now() - began) / 1000;
  const after = await Promise.all(nodes.map(cpuOf));
  const cpu = after.map((ms, n) => (((ms - before[n]!) * 1000) / MESSAGES).toFixed(1));
  console.log(`${what}: ${Math.round(MESSAGES / seconds)} messages/s, µs CPU a message on each node: ${cpu.join(" ")}`);
}

await relay("on one node", await device(nodes[0]!, ada, "a1"), await device(nodes[0]!, bob, "b1"));
await relay("across two", await device(nodes[0]!, ada, "a2"), await device(nodes[1]!, bob, "b2"));

/** Twenty devices each, of users who know each other in pairs. */
const PEOPLE = 2 * Math.ceil(MANY / 40);
const users: User[] = [];
for (let n = 0; n < PEOPLE; n++) users.push(await signUp(nodes[n % 3]!));
for (let n = 0; n < PEOPLE; n += 2) await befriend(nodes[0]!, users[n]!, users[n + 1]!);

async function storm(what: string, registered: (socket: WebSocket) => void): Promise<void> {
  const began = performance.now();
  await Promise.all(
    Array.from({ length: MANY }, async (_, n) => {
      const user = users[n % PEOPLE]!;
      const socket = new WebSocket(`${nodes[n % 3]!.wsUrl}/socket/`);
      const fields = { event: "register", from_email: user.email, from_token: user.token, from_device: `device${n}` };
      socket.onopen = () => socket.send(JSON.stringify(message(fields)));
      await new Promise<void>((ok, failed) => {
        socket.onmessage = ({ data }) => (String(data).includes(`"status":"ok"`) ? ok() : undefined);
        socket.onclose = ({ code, reason }) => failed(new Error(`closed ${code} ${reason}`));
      });
      registered(socket);
    }),
  );
  console.log(`${what}: ${MANY} devices in ${Math.round(performance.now() - began)} ms`);
}

const first: WebSocket[] = [];
await storm("registering at once", (socket) => first.push(socket));
for (const socket of first) {
  socket.onclose = null;
  socket.onmessage = null;
  socket.close();
}
await storm("coming back at once", () => undefined);
const figures = await Promise.all(nodes.map(async ({ url }) => (await fetch(`${url}/metrics`)).text()));
for (const text of figures) console.log(text.match(/rendezvous_device(s|_announcements_total)[^\n]* \d+/g)?.join("  "));

await end(0);
