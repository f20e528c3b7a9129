/** The server that is measured has this core to itself; so has whatever it is held against. */
export const SERVER_CORE = 0;

/** All that makes the load runs here, the harness itself and what the servers share, such as Redis, included. */
export const LOAD_CORE = 1;

/** Puts a command on a core; it execs, so that the process is the command's. */
export function onCore(core: number): readonly string[] {
  return ["taskset", "--cpu-list", `${core}`];
}
