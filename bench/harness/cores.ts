/** The server that is measured has this core to itself; so has whatever it is held against. */
export const SERVER_CORE = 0;

/** All that makes the load runs here, the harness itself and what the servers share, such as Redis, included. */
export const LOAD_CORE = 1;

/** Puts a command on a core; it execs, so that the process is the command's. */
export function onCore(core: number): readonly string[] {
  return ["taskset", "--cpu-list", `${core}`];
}

/** Puts a process that runs already on a core, with all its threads. */
export function moveToCore(core: number, pid: number): void {
  const { success, stderr } = Bun.spawnSync(["taskset", "--all-tasks", "--cpu-list", "--pid", `${core}`, `${pid}`]);
  if (!success) throw new Error(`process ${pid} could not be moved to core ${core}: ${stderr.toString()}`);
}
