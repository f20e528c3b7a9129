import type { Line } from "./line.ts";

/** One server process after another, all on one port and with one folder of data. */
export interface FaultNode<L extends Line = Line> {
  /** `n0`, `n1`, … */
  readonly name: string;
  readonly port: number;
  readonly url: string;
  readonly wsUrl: string;
  /** Of the process that runs, or ran last. */
  readonly pid: number;
  readonly state: "running" | "paused" | "down";
  /** Null where it reaches the store without a line, or has none. */
  readonly lines: { readonly redis: L | null; readonly postgres: L | null };
  /** Everything its processes have printed. */
  output(): string;
  /** Exit codes of processes that ended without being told to. */
  readonly crashes: readonly number[];
  /** kill -9, and waits until it is gone. */
  kill(): Promise<void>;
  /** SIGTERM, and waits for the exit code. */
  drain(): Promise<number>;
  /** SIGSTOP. */
  pause(): void;
  /** SIGCONT. */
  resume(): void;
  /** Starts it again on the same port with the same data, and waits until it is ready. `more`: environment besides. */
  restart(more?: Readonly<Record<string, string>>): Promise<void>;
}
