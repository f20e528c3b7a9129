import type { AsyncApiDocument, Channel, Message } from "../../transport/asyncapi/types.ts";
import { policy } from "../../transport/http/policy.ts";
import { route, type Route } from "../../transport/http/route.ts";
import type { SocketDescription } from "../asyncapi.ts";
import { escapeHtml, page } from "./page.ts";
import { markdown, pre, slug, table } from "./reference-parts.ts";
import { send, type Content } from "./response.ts";
import { schemaRows, typeText, type SchemaRow } from "./schema-rows.ts";

/** `GET /docs/sockets`: the AsyncAPI document for people. */
export function socketReferenceRoute(describe: SocketDescription): Route {
  let rendered: Content | null = null;
  const render = (): Content => {
    const main = `<article class="document reference">${socketReferenceHtml(describe())}</article>`;
    return page({ title: "Sockets", main });
  };
  return route({
    method: "GET",
    path: "/docs/sockets",
    summary: "The reference of all messages of WebSocket and Socket.IO",
    policy: policy.open,
    handle: ({ request }) => send(request, (rendered ??= render())),
  });
}

type Schemas = AsyncApiDocument["components"]["schemas"];

/** Where the server stands: it receives what clients send. */
const DIRECTIONS = [
  { action: "receive", heading: "You send", badge: "send" },
  { action: "send", heading: "You get", badge: "get" },
] as const;

interface Entry {
  readonly id: string;
  readonly badge: string;
  readonly message: Message;
}

export function socketReferenceHtml({ info, channels, operations, components }: AsyncApiDocument): string {
  const groups = (channel: string) =>
    DIRECTIONS.map(({ action, heading, badge }) => {
      const { messages = [] } = operations[`${channel}_${action}`] ?? {};
      const keys = messages.map(({ $ref }) => $ref.split("/").at(-1)!);
      const entries = keys.map((key): Entry => ({
        id: `${channel}-${slug(key)}`,
        badge,
        message: channels[channel]!.messages[key]!,
      }));
      return { heading, entries };
    }).filter(({ entries }) => entries.length > 0);
  const contents = Object.entries(channels).map(([id, { title }]) => {
    const links = groups(id).flatMap(({ entries }) => entries.map(contentsItem));
    return `<details><summary>${escapeHtml(title)}</summary><ul class="links">${links.join("")}</ul></details>`;
  });
  const sections = Object.entries(channels).map(([id, channel]) => {
    const messages = groups(id).map(
      ({ heading, entries }) =>
        `<h3>${heading}</h3>${entries.map((one) => messageHtml(one, components.schemas)).join("\n")}`,
    );
    return `<h2 id="${id}">${escapeHtml(channel.title)}</h2>${channelHtml(channel, components.schemas)}${messages.join("\n")}`;
  });
  return `<h1>Sockets</h1>
${markdown(info.description)}
<p>For programs: <a href="/asyncapi.json">asyncapi.json</a>, version ${escapeHtml(info.version)}; requests and answers over
HTTP are <a href="/docs/api">on a page of their own</a>.</p>
<nav aria-label="Contents">${contents.join("\n")}</nav>
${sections.join("\n")}`;
}

function contentsItem({ id, badge, message }: Entry): string {
  return `<li><a href="#${id}">${nameHtml(badge, message)}<br />${escapeHtml(message.summary)}</a></li>`;
}

function channelHtml({ address, description, parameters = {}, bindings }: Channel, schemas: Schemas): string {
  const inPath = Object.entries(parameters).map(([name, about]): SchemaRow => ({
    field: name,
    type: "string in the path",
    required: true,
    description: about.description,
  }));
  const inQuery = schemaRows(bindings?.ws.query ?? {}, schemas).map((row): SchemaRow => ({
    ...row,
    type: `${row.type} in the query`,
  }));
  return `<p><code>${escapeHtml(address)}</code></p>${markdown(description)}${table("Parameter", [...inPath, ...inQuery])}`;
}

function messageHtml(entry: Entry, schemas: Schemas): string {
  const { id, badge, message } = entry;
  const schema = message.payload?.schema;
  const rows = schema === undefined ? [] : schemaRows(schema, schemas);
  const carries =
    schema === undefined ? "<p>It carries nothing.</p>" : `<p>It carries ${escapeHtml(typeText(schema, schemas))}.</p>`;
  const examples = (message.examples ?? []).map(({ payload }) => pre(JSON.stringify(payload, null, 2)));
  return `<section class="operation" id="${id}">
<h4>${nameHtml(badge, message)}</h4>
<p>${escapeHtml(message.summary)}</p>
${rows.length > 0 ? table("Field", rows) : carries}
${examples.join("\n")}
</section>`;
}

function nameHtml(badge: string, { name }: Message): string {
  return `<span class="badge method">${badge}</span> <code>${escapeHtml(name)}</code>`;
}
