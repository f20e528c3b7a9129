// Asks for more than can be done. Run: bun flood.ts <port> <connections> <ms>. Every connection sends its next find as soon
// as the last is answered; prints, as JSON, how long those that were admitted took, and how many were refused.
import { connect } from "node:net";

const [port, connections, ms] = process.argv.slice(2).map(Number) as [number, number, number];
const admitted: number[] = [];
let [refused, failed] = [0, 0];
const until = performance.now() + ms;

await Promise.all(
  Array.from(
    { length: connections },
    (_, n) =>
      new Promise<void>((done) => {
        const body = JSON.stringify({ region: `nowhere-${n}` });
        const request = `POST /api/match/find HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
        let began = 0;
        const socket = connect({ port, host: "127.0.0.1", noDelay: true });
        const ask = (): void => {
          began = performance.now();
          socket.write(request);
        };
        socket.on("connect", ask);
        socket.on("data", (data: Buffer) => {
          const status = data.toString("latin1", 9, 12);
          if (status === "503") refused++;
          else if (status === "404") admitted.push(performance.now() - began);
          else failed++;
          if (performance.now() < until) ask();
          else socket.end();
        });
        socket.on("error", () => failed++);
        socket.on("close", () => done());
      }),
  ),
);
console.log(JSON.stringify({ admitted: admitted.sort((a, b) => a - b), refused, failed }));
