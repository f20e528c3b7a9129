import { command } from "./command.ts";

export const exportCommand = command({
  name: "export",
  summary: "write all records to a file, or to standard output, as they stand at one moment",
  args: [{ name: "FILE", about: "to write, which must not be there yet; absent: standard output", isFile: true }],
  settings: true,
  json: true,
  more: `It may run beside a server. The file can be imported into SQLite and into PostgreSQL. Whoever has it has the records:
hashes of passwords, addresses, contacts, reports; so only its owner may read it.`,
  examples: ["export records.ndjson", "export | gzip > records.ndjson.gz"],
  exits: { 1: "the records cannot be used, or the file cannot be written" },
  load: async () => (await import("../transfer/export-command.ts")).exportCommand,
});

export const importCommand = command({
  name: "import",
  summary: "read records that export wrote into an empty database, all of them or none",
  args: [{ name: "FILE", about: "to read; -: standard input", isNeeded: true, isFile: true }],
  settings: true,
  json: true,
  more: `Stop the servers on both databases first: what they write meanwhile is in neither file. The checksum and the number
of rows of each table are compared before anything counts.`,
  examples: [
    "import records.ndjson --database-url postgres://rendezvous@db/rendezvous",
    "import - --data-dir ./data --json",
  ],
  exits: { 1: "the file is no whole export, the database is not empty or cannot be used; nothing was imported" },
  load: async () => (await import("../transfer/import-command.ts")).importCommand,
});
