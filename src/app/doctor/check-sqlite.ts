import { accessSync, constants, existsSync, statfsSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { migrationStatus } from "../../adapters/sql/migrate.ts";
import { openSqlite, sqlitePath } from "../../adapters/sql/sqlite/store.ts";
import { fail, ok, warn, type Finding } from "./finding.ts";
import { judgeSchema } from "./check-schema.ts";
import { whyOf } from "./look.ts";

/** Linux' numbers of file systems whose locks and shared memory SQLite's log cannot rely on. */
const NETWORKED: Readonly<Record<number, string>> = {
  0x6969: "NFS",
  0xff534d42: "CIFS",
  0xfe534d42: "SMB",
  0x517b: "SMB",
};

const MB = 1024 * 1024;
/** Below these the disk is nearly full, or too full to go on, in bytes. */
const LITTLE = 1_024 * MB;
const TOO_LITTLE = 100 * MB;

/** What a look at the disk needs. */
export interface Disk {
  statfs(path: string): { readonly type: number; readonly bavail: number; readonly bsize: number };
}

/** The folder of the records, and the database in it if there is one. Makes neither. */
export async function checkSqlite(folder: string, disk: Disk = { statfs: statfsSync }): Promise<readonly Finding[]> {
  const subject = "DATA_DIR";
  const there = nearest(resolve(folder));
  try {
    accessSync(there, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    const sentence = `${there} cannot be written (${whyOf(error)}).`;
    return [fail(subject, sentence, "Give it to the user that the server runs as, or name another folder.")];
  }
  return [checkPlace(there, disk), ...checkMode(folder), ...(await checkFile(folder))];
}

/** The folder, or the one that it would be made in. */
function nearest(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearest(dirname(path));
}

function checkPlace(path: string, { statfs }: Disk): Finding {
  const { type, bavail, bsize } = statfs(path);
  const system = NETWORKED[type >>> 0];
  if (system !== undefined) {
    const sentence = `${path} is on ${system}: SQLite's log needs a disk of this machine, and records get lost without.`;
    return fail("DATA_DIR", sentence, "Name a folder on a local disk, or use PostgreSQL (DATABASE_URL).");
  }
  const free = bavail * bsize;
  const words = `${path} can be written, with ${free < LITTLE ? `${Math.floor(free / MB)} MB` : `${Math.floor(free / MB / 1_024)} GB`} free`;
  const advice = "Make room: a full disk refuses what must be kept, and lowering REPLAY_MAX_BYTES helps.";
  if (free < TOO_LITTLE) return fail("DATA_DIR", `${words}, which is too little.`, advice);
  return free < LITTLE ? warn("DATA_DIR", `${words}, which is little.`, advice) : ok("DATA_DIR", `${words}.`);
}

function checkMode(folder: string): readonly Finding[] {
  const path = sqlitePath(folder);
  // What is closed to others by its folder is closed.
  if (!existsSync(path) || (statSync(folder).mode & 0o005) === 0 || (statSync(path).mode & 0o004) === 0) return [];
  const sentence = "Every user of this machine may read the records.";
  return [warn("DATA_DIR", sentence, `chmod 700 ${folder}`)];
}

async function checkFile(folder: string): Promise<readonly Finding[]> {
  if (!existsSync(sqlitePath(folder))) return [ok("DATA_DIR", "There are no records yet; serve makes the database.")];
  try {
    const store = openSqlite({ folder });
    try {
      return [judgeSchema("DATA_DIR", await migrationStatus(store))];
    } finally {
      await store.close();
    }
  } catch (error) {
    const why = error instanceof Error ? ((error.cause as Error | undefined)?.message ?? error.message) : String(error);
    return [
      fail(
        "DATA_DIR",
        `The database cannot be used: ${why.replace(/\.$/, "")}.`,
        "Bring back a backup, or run the version that wrote it.",
      ),
    ];
  }
}
