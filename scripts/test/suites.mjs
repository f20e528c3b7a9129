// What `npm test` runs, in this order.

/**
 * @typedef {object} Suite
 * @property {string} name
 * @property {string[]} [command] a check: one command, of node_modules/.bin or `node` itself, which counts as one test
 * @property {string[]} [folders] where the test files (*.test.ts) are, which Bun runs
 * @property {number} [sideBySide] how many of its files run at a time, each in a process of its own: for tests that
 *   mostly wait for the servers they start
 * @property {string[]} [alone] parts of the names of files that run by themselves, after the others: they measure time
 * @property {string[]} needs programs it cannot do without (see requirements.mjs)
 */

/** @type {readonly Suite[]} */
export const suites = [
  { name: "format", command: ["oxfmt", "--check"], needs: [] },
  { name: "lint", command: ["oxlint", "--type-aware", "--deny-warnings"], needs: [] },
  { name: "types", command: ["tsc", "--noEmit"], needs: [] },
  { name: "unit", folders: ["src", "web", "client", "bench"], needs: [] },
  { name: "contract", folders: ["test/contract"], sideBySide: 2, needs: ["redis-server", "postgres"] },
  {
    name: "wire",
    folders: ["test/wire"],
    sideBySide: 3,
    needs: ["redis-server", "postgres", "turnserver", "turnutils_uclient", "openssl", "faketime", "zsh", "fish"],
  },
  { name: "client", folders: ["test/client"], needs: [] },
  { name: "fuzz", folders: ["test/fuzz"], needs: [] },
  {
    name: "scenarios",
    folders: ["test/scenarios"],
    sideBySide: 2,
    alone: ["drain", "faults", "overload"],
    needs: ["redis-server", "postgres", "faketime", "prlimit"],
  },
  { name: "chain", folders: ["test/chain"], needs: ["anvil", "postgres", "chromium"] },
  { name: "browser", folders: ["test/browser"], needs: ["chromium", "turnserver", "redis-server", "postgres"] },
  {
    name: "deployment",
    folders: ["test/deployment"],
    needs: [
      ...["redis-server", "postgres", "turnserver", "openssl", "haproxy", "systemd-analyze"],
      ...["qemu-aarch64-static", "/usr/aarch64-linux-gnu/lib/ld-linux-aarch64.so.1"],
    ],
  },
  {
    name: "docs",
    folders: ["test/docs"],
    sideBySide: 3,
    needs: ["redis-server", "postgres", "turnserver", "openssl", "curl"],
  },
  {
    name: "examples",
    folders: ["test/examples"],
    needs: ["g++", "make", "curl-config", "/usr/include/libwebsockets.h", "/usr/include/nlohmann/json.hpp"],
  },
  { name: "tooling", folders: ["test/tooling"], needs: [] },
  // Last, when nothing else uses the machine.
  {
    name: "bench",
    command: ["node", "bench/run.mjs", "--smoke"],
    needs: ["wrk", "taskset", "gcc", "redis-server", "postgres"],
  },
];

/** What `npm run check` runs: all that needs nothing but npm's packages and is done within a minute. */
export const quick = ["format", "lint", "types", "unit"];
