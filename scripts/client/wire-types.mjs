// The types of what goes over the wire, for the client, out of the server's own OpenAPI and AsyncAPI documents.
// `node scripts/client/wire-types.mjs` asks a server that it starts, and writes client/src/wire.ts.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { findBun } from "../setup/bun.mjs";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Where the types are. */
export const wireFile = join(root, "client/src/wire.ts");

/** What the client calls: the groups of the OpenAPI document that it has classes for. */
const TAGS = ["Host pool", "Coordinator", "Devices", "Arena", "Video chat", "ICE servers", "Tickets"];
/** Of operators only, or the mere shape of another. */
const LEFT_OUT = new Set(["cleanUpArena"]);

/**
 * @param {any} openapi what `/openapi.json` answers
 * @param {any} asyncapi what `/asyncapi.json` answers
 * @returns {string} the module
 */
export function wireTypes(openapi, asyncapi) {
  const operations = Object.values(openapi.paths)
    .flatMap((path) => Object.values(path))
    .filter(({ tags, operationId }) => tags.some((tag) => TAGS.includes(tag)) && !LEFT_OUT.has(operationId));
  const schemas = Object.entries(openapi.components.schemas);
  const lines = [
    "// Written by `npm run client:types` out of the server's OpenAPI and AsyncAPI documents. Not to be changed by hand.",
    "// One file, because nobody writes it: what belongs together stands together in those documents.",
    "",
    "/** Schemas that several operations share. */",
    "export interface Schemas {",
    ...schemas.map(([name, schema]) => `  ${name}: ${typeOf(schema)};`),
    "}",
    "",
    "/** What each operation of the HTTP API takes and answers, by its id. */",
    "export interface Operations {",
    ...operations.flatMap(operationLines),
    "}",
    "",
    "/** Messages of the sockets by channel: what clients `send`, and what they `hear`. */",
    "export interface Channels {",
    ...Object.entries(asyncapi.channels).flatMap(([name, channel]) => channelLines(name, channel)),
    "}",
  ];
  return `${lines.join("\n")}\n`;
}

function operationLines({ operationId, summary, parameters = [], requestBody, responses }) {
  const query = parameters.filter((one) => one.in === "query");
  const good = Object.entries(responses).filter(([status]) => status.startsWith("2"));
  const answers = new Set(good.map(([, { content }]) => typeOf(content?.["application/json"]?.schema ?? null)));
  return [
    `  /** ${summary} */`,
    `  ${operationId}: {`,
    `    query: ${query.length === 0 ? "undefined" : typeOf(queryOf(query))};`,
    `    body: ${typeOf(requestBody?.content["application/json"].schema ?? null)};`,
    `    answer: ${[...answers].join(" | ")};`,
    "  };",
  ];
}

function queryOf(parameters) {
  return {
    type: "object",
    properties: Object.fromEntries(parameters.map(({ name, schema }) => [name, schema])),
    required: parameters.filter(({ required }) => required).map(({ name }) => name),
  };
}

function channelLines(name, { messages }) {
  const way = (prefix) =>
    Object.entries(messages)
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, { payload }]) => `      ${key.slice(prefix.length)}: ${typeOf(payload?.schema ?? null)};`);
  return [
    `  ${name}: {`,
    "    send: {",
    ...way("receive_"),
    "    };",
    "    hear: {",
    ...way("send_"),
    "    };",
    "  };",
  ];
}

/** A JSON Schema as a type; null: there is nothing. */
function typeOf(schema) {
  if (schema === null) return "undefined";
  if (schema.$ref !== undefined) return `Schemas["${schema.$ref.split("/").at(-1)}"]`;
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return union(schema.enum.map((one) => JSON.stringify(one)));
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return union(choices.map(typeOf));
  if (schema.allOf !== undefined) return schema.allOf.map((one) => `(${typeOf(one)})`).join(" & ");
  if (Array.isArray(schema.type)) return union(schema.type.map((type) => typeOf({ ...schema, type })));
  switch (schema.type) {
    case "string":
    case "boolean":
    case "null":
      return schema.type;
    case "integer":
    case "number":
      return "number";
    case "array":
      return schema.prefixItems === undefined
        ? `Array<${typeOf(schema.items ?? {})}>`
        : `[${schema.prefixItems.map(typeOf).join(", ")}]`;
    case "object":
      return objectOf(schema);
    default:
      return "unknown";
  }
}

function objectOf({ properties = {}, required = [], additionalProperties }) {
  const fields = Object.entries(properties).map(([name, schema]) => {
    const key = /^[a-z_$][\w$]*$/i.test(name) ? name : JSON.stringify(name);
    return `${key}${required.includes(name) ? "" : "?"}: ${typeOf(schema)}`;
  });
  if (typeof additionalProperties === "object") {
    fields.push(`[key: string]: ${fields.length === 0 ? typeOf(additionalProperties) : "unknown"}`);
  }
  return fields.length === 0 ? "Record<string, unknown>" : `{ ${fields.join("; ")} }`;
}

function union(types) {
  return [...new Set(types)].join(" | ");
}

async function write() {
  const folder = mkdtempSync(join(tmpdir(), "rendezvous-types-"));
  const server = spawn(findBun(root), [join(root, "src/main.ts"), "serve"], {
    cwd: folder,
    env: { PATH: process.env.PATH, HOST: "127.0.0.1", PORT: "0", LOG_LEVEL: "warn" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const url = await new Promise((found, failed) => {
      server.on("exit", (code) => failed(new Error(`the server ended with ${code}`)));
      server.stdout.on("data", (text) => {
        const [, address] = /listening on (\S+)/.exec(String(text)) ?? [];
        if (address !== undefined) found(address);
      });
    });
    const read = async (path) => (await fetch(url + path)).json();
    writeFileSync(wireFile, wireTypes(await read("/openapi.json"), await read("/asyncapi.json")));
  } finally {
    server.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await write();
