// Asks servers, in a process of its own, how they are, until its input ends; then prints how long each answer took, in
// ms. Run: bun pulse.ts <url>…
import { performance } from "node:perf_hooks";

const urls = process.argv.slice(2);
const took: number[] = [];
let isOver = false;
const run = async (url: string): Promise<void> => {
  while (!isOver) {
    const began = performance.now();
    await (await fetch(`${url}/livez`)).text();
    took.push(performance.now() - began);
    await new Promise((resume) => setTimeout(resume, 20));
  }
};
const running = Promise.all(urls.map(run));
for await (const _ of process.stdin);
isOver = true;
await running;
console.log(JSON.stringify(took));
