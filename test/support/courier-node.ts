// A node that says on its output what it is asked under `say`. Run: bun courier-node.ts <node> <redis url>
import { redisEngine } from "../../src/app/redis-engine.ts";
import { createLogger } from "../../src/app/log.ts";
import { createBusCourier } from "../../src/core/cluster/bus-courier.ts";

const [node = "", url = ""] = process.argv.slice(2);
const engine = redisEngine(url, createLogger("fatal", node));
await engine.ready();
const failed = (error: unknown): void => console.error(error);
const courier = createBusCourier({ node, bus: engine.bus, clock: engine.clock, isLive: () => true, failed });
courier.serve("say", (body) => {
  console.log(body.slice(0, 20));
  return "";
});
await courier.start().inForce;
console.log("ready");
