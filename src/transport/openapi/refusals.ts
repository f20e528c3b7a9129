import { asResponse } from "../http/answer.ts";
import type { RouteDoc } from "../http/documentation.ts";
import { isAdminOnly } from "../http/policy.ts";
import { Refusal, type RefusalCode } from "../http/refusal.ts";
import type { Route, RouteGroup } from "../http/route.ts";
import type { DocumentedGroup, Setting } from "./setting.ts";
import type { Answer, Header, JsonSchema } from "./types.ts";

const TEXT: JsonSchema = { type: "string" };

/** What the group answers to each problem, asked of the group itself: so the examples are what a caller really gets. */
export async function refusals(
  group: DocumentedGroup,
  route: Route,
  doc: RouteDoc,
  { book, tokens }: Setting,
): Promise<Readonly<Record<string, Answer>>> {
  const path = route.path.replace(/:(\w+)/g, (_, name: string) => doc.example?.params?.[name] ?? name);
  const problems = [
    ...ofTransport(group, route, tokens !== null).map((code) => new Refusal(code)),
    ...(route.policy === "open" ? [] : (tokens ?? [])),
    ...(doc.refusals ?? []),
    ...(group.doc.refusals ?? []),
    new Refusal("internal"),
  ];
  const worded = await Promise.all(
    problems.map(async ({ code, status, message }) => {
      const answer = group.refuse({ code, status, message }, path);
      return { code, status: answer.status, message, body: (await asResponse(answer).json()) as unknown };
    }),
  );
  const schema = book.write(doc.error ?? group.doc.error, "output");
  const answers: Record<string, Answer> = {};
  for (const [status, ones] of Map.groupBy(worded, (one) => one.status)) {
    const examples: Record<string, { summary: string; value: unknown }> = {};
    for (const { code, message, body } of ones) {
      const name = Object.hasOwn(examples, code) ? `${code}_${Object.keys(examples).length + 1}` : code;
      examples[name] = { summary: message, value: body };
    }
    const description = [...new Set(ones.map(({ message }) => message))].join(" ");
    const limited = ones.some(({ code }) => code === "rate_limited");
    const headers = limited ? { headers: LIMIT_HEADERS } : status === 401 ? { headers: TOKEN_HEADERS } : {};
    answers[status] = { description, ...headers, content: { "application/json": { schema, examples } } };
  }
  return answers;
}

/** What the transport itself refuses before the handler is called. */
function ofTransport(
  group: RouteGroup,
  { body, query, policy, urgency, limit = group.limit }: Route,
  tokens: boolean,
): readonly RefusalCode[] {
  const codes: RefusalCode[] = [];
  if (body !== undefined) codes.push("bad_json");
  if (body !== undefined || query !== undefined) codes.push("invalid_field");
  if (tokens && policy !== "open") codes.push("token_required");
  // Where tokens are asked for, pages of other origins are refused everywhere; else only what operators alone may do.
  if (tokens || isAdminOnly(policy)) codes.push("forbidden");
  if (body !== undefined) codes.push("body_too_large", "packed_body");
  // Also for a body that is still under way: see Arrivals.
  if (limit !== undefined || body !== undefined) codes.push("rate_limited");
  if (urgency !== "probe") codes.push("overloaded");
  return codes;
}

/** RFC 6750, 3. */
const TOKEN_HEADERS: Readonly<Record<string, Header>> = {
  "WWW-Authenticate": {
    description: "That a Bearer token is wanted, or what is wrong with the one sent.",
    schema: TEXT,
  },
};

/** draft-ietf-httpapi-ratelimit-headers, and RFC 9110, 10.2.3. */
const LIMIT_HEADERS: Readonly<Record<string, Header>> = {
  "Retry-After": { description: "Seconds to wait.", schema: { type: "integer" } },
  RateLimit: { description: "What is left (`r`), and seconds until all is there again (`t`).", schema: TEXT },
  "RateLimit-Policy": { description: "Requests (`q`) in a window of so many seconds (`w`).", schema: TEXT },
};
