import { readdirSync, readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { pause } from "../load/context.ts";
import type { FaultNode } from "../world/node.ts";
import type { Fault } from "./fault.ts";
import type { FaultLine } from "./line.ts";

/** Descriptors the server may have beside those it has when it strikes. */
const ROOM = 60;

/** Strangers connect to one server and say nothing, until it has no descriptor left for anybody. */
export function noDescriptors(): Fault<FaultLine> {
  let strangers: Socket[] = [];
  let isOver = true;
  let usual: string;
  return {
    name: "no descriptors left",
    engine: "both",
    unable: () => (Bun.which("prlimit") === null ? "prlimit is not installed" : null),
    async strike({ nodes: [node] }) {
      const { pid } = node!;
      usual = limitOf(pid);
      setLimit(pid, `${readdirSync(`/proc/${pid}/fd`).length + ROOM}`);
      isOver = false;
      const crowdIn = async (): Promise<void> => {
        while (!isOver) {
          strangers = strangers.filter((one) => !one.destroyed);
          for (let n = 0; n < 20; n++) strangers.push(stranger(node!));
          await pause(50);
        }
      };
      void crowdIn();
    },
    async heal({ nodes: [node] }) {
      isOver = true;
      for (const one of strangers) one.destroy();
      strangers = [];
      setLimit(node!.pid, usual);
    },
  };
}

function stranger({ port }: FaultNode): Socket {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => undefined);
  return socket;
}

/** The soft one: the other could not be raised again without privileges. */
function limitOf(pid: number): string {
  return /^Max open files +(\d+)/m.exec(readFileSync(`/proc/${pid}/limits`, "latin1"))![1]!;
}

function setLimit(pid: number, limit: string): void {
  const { exitCode, stderr } = Bun.spawnSync(["prlimit", "--pid", `${pid}`, `--nofile=${limit}:`]);
  if (exitCode !== 0) throw new Error(stderr.toString());
}
