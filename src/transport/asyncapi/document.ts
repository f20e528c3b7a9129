import { SchemaBook } from "../openapi/schemas.ts";
import type { MessageDoc, SocketDoc } from "../websocket/documentation.ts";
import type { AsyncApiDocument, AsyncOperation, AsyncServer, Channel, Message } from "./types.ts";

/** A path that sockets are opened at, and what it says of itself. */
export interface DocumentedSocket {
  /** `:name` is a parameter. */
  readonly path: string;
  readonly doc: SocketDoc;
}

export interface AboutSockets {
  readonly title: string;
  readonly version: string;
  /** Markdown. */
  readonly description: string;
  readonly license: { readonly name: string };
  /** Where the server is reached from outside; null: wherever the document came from. */
  readonly publicUrl: string | null;
}

/** What AsyncAPI 3.0 calls the schemas written here; without it, they would be of a dialect of its own. */
const SCHEMA_FORMAT = "application/schema+json;version=draft-07";

/**
 * Writes the AsyncAPI document of all sockets from the schemas that validate their messages.
 *
 * @throws {Error} if a path's parameter is not documented, or two channels or messages share a name
 */
export function asyncApiDocument(sockets: readonly DocumentedSocket[], about: AboutSockets): AsyncApiDocument {
  const book = new SchemaBook("draft-7");
  const channels: Record<string, Channel> = {};
  const operations: Record<string, AsyncOperation> = {};
  for (const { path, doc } of sockets) {
    if (channels[doc.id] !== undefined) throw new Error(`two channels have the id ${doc.id}`);
    channels[doc.id] = channelOf(path, doc, book);
    for (const action of ["receive", "send"] as const) {
      const messages = Object.keys(messagesOf(doc, action, book));
      // Of whom nothing is expected, nothing is described.
      if (messages.length > 0) operations[`${doc.id}_${action}`] = operationOf(doc, action, messages);
    }
  }
  const { title, version, description, license, publicUrl } = about;
  return {
    asyncapi: "3.0.0",
    info: { title, version, description, license },
    defaultContentType: "application/json",
    servers: { this: serverOf(publicUrl) },
    channels,
    operations,
    components: { schemas: book.components },
  };
}

function serverOf(publicUrl: string | null): AsyncServer {
  const description = "This server";
  if (publicUrl !== null) {
    const { host, protocol } = new URL(publicUrl);
    return { host, protocol: protocol === "https:" ? "wss" : "ws", description };
  }
  const variables = { host: { default: "127.0.0.1:8080", description: "Where this document came from." } };
  return { host: "{host}", protocol: "ws", description, variables };
}

function channelOf(path: string, doc: SocketDoc, book: SchemaBook): Channel {
  const parameters = [...path.matchAll(/:(\w+)/g)].map(([, name]) => {
    const description = doc.params?.[name!];
    if (description === undefined) throw new Error(`${path}: the parameter ${name} has no documentation`);
    return [name!, { description }] as const;
  });
  const { title, description, query } = doc;
  return {
    address: path.replace(/:(\w+)/g, "{$1}"),
    title,
    description,
    ...(parameters.length === 0 ? {} : { parameters: Object.fromEntries(parameters) }),
    messages: { ...messagesOf(doc, "receive", book), ...messagesOf(doc, "send", book) },
    ...(query === undefined ? {} : { bindings: { ws: { method: "GET", query: book.write(query, "input") } } }),
  };
}

/** Names may be the same in both directions, as with what is passed on. */
function messagesOf(doc: SocketDoc, action: "receive" | "send", book: SchemaBook): Record<string, Message> {
  const messages: Record<string, Message> = {};
  for (const one of action === "receive" ? doc.receives : doc.sends) {
    const key = `${action}_${one.name.replaceAll(/\W/g, "_")}`;
    if (messages[key] !== undefined) throw new Error(`${doc.id}: two messages have the name ${one.name}`);
    messages[key] = messageOf(one, action, book);
  }
  return messages;
}

function messageOf(
  { name, summary, schema, example }: MessageDoc,
  action: "receive" | "send",
  book: SchemaBook,
): Message {
  const side = action === "receive" ? "input" : "output";
  return {
    name,
    title: name,
    summary,
    ...(schema === undefined ? {} : { payload: { schemaFormat: SCHEMA_FORMAT, schema: book.write(schema, side) } }),
    ...(example === undefined ? {} : { examples: [{ name, payload: example }] }),
  };
}

function operationOf(doc: SocketDoc, action: "receive" | "send", messages: readonly string[]): AsyncOperation {
  const channel = `#/channels/${doc.id}`;
  return {
    action,
    channel: { $ref: channel },
    summary: action === "receive" ? "What clients send" : "What clients get",
    messages: messages.map((name) => ({ $ref: `${channel}/messages/${name}` })),
  };
}
