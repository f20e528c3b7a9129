import { STATUS_CODES } from "node:http";
import { policy } from "../../transport/http/policy.ts";
import { route, type Route } from "../../transport/http/route.ts";
import type { Answer, Content as Bodies, OpenApiDocument, Operation } from "../../transport/openapi/types.ts";
import type { ApiDescription } from "../openapi.ts";
import { escapeHtml, page } from "./page.ts";
import { markdown, pre, slug, table } from "./reference-parts.ts";
import { send, type Content } from "./response.ts";
import { schemaRows, typeText, type SchemaRow } from "./schema-rows.ts";

/** `GET /docs/api`: the description of the HTTP API for people. */
export function apiReferenceRoute(describe: ApiDescription): Route {
  let rendered: Promise<Content> | null = null;
  const render = async (): Promise<Content> => {
    const main = `<article class="document reference">${referenceHtml(await describe())}</article>`;
    return page({ title: "HTTP API", main });
  };
  return route({
    method: "GET",
    path: "/docs/api",
    summary: "The reference of the HTTP API",
    policy: policy.open,
    handle: async ({ request }) => send(request, await (rendered ??= render())),
  });
}

type Schemas = OpenApiDocument["components"]["schemas"];

type StatusAndAnswer = readonly [status: string, answer: Answer];

interface Entry {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

export function referenceHtml({ info, tags, paths, components }: OpenApiDocument): string {
  const entries = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): Entry => ({ method: method.toUpperCase(), path, operation })),
  );
  const byTag = Map.groupBy(entries, ({ operation }) => operation.tags[0]!);
  const sections = tags.map(({ name, description }) => {
    const ones = (byTag.get(name) ?? []).map((entry) => operationHtml(entry, components.schemas));
    return `<h2 id="${slug(name)}">${escapeHtml(name)}</h2>${markdown(description)}${ones.join("\n")}`;
  });
  const contents = tags.map(({ name }) => {
    const links = (byTag.get(name) ?? []).map(
      ({ method, path, operation }) =>
        `<li><a href="#${operation.operationId}">${endpoint(method, path)}<br />${escapeHtml(operation.summary)}</a></li>`,
    );
    return `<details><summary>${escapeHtml(name)}</summary><ul class="links">${links.join("")}</ul></details>`;
  });
  return `<h1>HTTP API</h1>
${markdown(info.description)}
<p>For programs: <a href="/openapi.json">openapi.json</a>, version ${escapeHtml(info.version)}; the messages of WebSocket
and Socket.IO are <a href="/docs/sockets">on a page of their own</a> and in <a href="/asyncapi.json">asyncapi.json</a>.</p>
<nav aria-label="Contents">${contents.join("\n")}</nav>
${sections.join("\n")}`;
}

function operationHtml({ method, path, operation }: Entry, schemas: Schemas): string {
  const { operationId, summary, description, parameters = [], requestBody, responses } = operation;
  const parameterRows = parameters.map(({ name, in: place, required, description: text = "", schema }): SchemaRow => ({
    field: name,
    type: `${typeText(schema, schemas)} in the ${place}`,
    required,
    description: text,
  }));
  const [good, others] = [true, false].map((wanted) =>
    Object.entries(responses).filter(([status]) => status.startsWith("2") === wanted),
  );
  return `<section class="operation" id="${operationId}">
<h3>${endpoint(method, path)}</h3>
<p>${escapeHtml(summary)}.${access(operation)}</p>
${description === undefined ? "" : markdown(description)}
${table("Parameter", parameterRows)}
${requestBody === undefined ? "" : bodyHtml(requestBody.content, "Request", schemas)}
${good!.map((one) => answerHtml(one, schemas)).join("\n")}
${refusalsHtml(others!)}
</section>`;
}

/** Who may call it, in words. */
function access({ security }: Operation): string {
  const scopes = [...new Set(security.flatMap((one) => Object.values(one).flat()))];
  if (scopes.length > 0)
    return ` With AUTH_MODE=token: scope <code>${scopes.map(escapeHtml).join("</code> or <code>")}</code>.`;
  return security.some((one) => Object.keys(one).length > 0) ? " With AUTH_MODE=token: any good token." : "";
}

/** An answer when all is well. */
function answerHtml([status, { description, content = {} }]: StatusAndAnswer, schemas: Schemas): string {
  return `<p><strong>${status} ${STATUS_CODES[status] ?? ""}</strong>: ${escapeHtml(description)}</p>
${bodyHtml(content, "Field", schemas)}`;
}

/** All other answers, folded away: a line each. */
function refusalsHtml(answers: readonly StatusAndAnswer[]): string {
  const lines = answers.flatMap(([status, { description, headers = {}, content = {} }]) => {
    const { example, examples } = Object.values(content)[0] ?? {};
    const shown = Object.values(examples ?? { only: { summary: description, value: example } });
    const sent = Object.keys(headers).map((name) => `<code>${escapeHtml(name)}</code>`);
    return shown.map(({ summary, value }) => {
      const body = value === undefined ? "" : `<code>${escapeHtml(JSON.stringify(value))}</code>`;
      return `<tr><td>${status}</td><td>${escapeHtml(summary)}</td><td>${[body, ...sent].join(" ")}</td></tr>`;
    });
  });
  const statuses = answers.map(([status]) => status).join(", ");
  return `<details><summary>Refusals: ${statuses}</summary>
<table><thead><tr><th>Status</th><th>When</th><th>Body</th></tr></thead><tbody>${lines.join("\n")}</tbody></table>
</details>`;
}

function bodyHtml(content: Bodies, heading: string, schemas: Schemas): string {
  return Object.entries(content)
    .map(([type, { schema = {}, example, examples = {} }]) => {
      const shown = [...(example === undefined ? [] : [example]), ...Object.values(examples).map(({ value }) => value)];
      const texts = [...new Set(shown.map((value) => JSON.stringify(value, null, 2)))];
      const note = type === "application/json" ? "" : `<p><code>${escapeHtml(type)}</code></p>`;
      return `${note}${table(heading, schemaRows(schema, schemas))}${texts.map(pre).join("\n")}`;
    })
    .join("\n");
}

function endpoint(method: string, path: string): string {
  return `<span class="badge method">${method}</span> <code>${escapeHtml(path)}</code>`;
}
