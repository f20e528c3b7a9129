import fc from "fast-check";
import type { JsonSchema } from "../../src/transport/openapi/types.ts";
import { hostileNumber, hostileText } from "./hostile.ts";
import { reference, type KnownName } from "./knowledge.ts";

type Schemas = Readonly<Record<string, JsonSchema>>;

/** A member whose value comes from what earlier answers said, more often than not. */
const KNOWN: Readonly<Record<string, KnownName>> = {
  host_id: "host_id",
  zone_id: "zone_id",
  session_id: "session_id",
  sessionId: "session_id",
  player_id: "player_id",
  peer_id: "peer_id",
  to_peer_id: "peer_id",
  target_peer_id: "peer_id",
  to: "peer_id",
  from: "peer_id",
  queue_id: "queue_id",
  match_id: "match_id",
  email: "email",
  from_email: "email",
  to_email: "other_email",
  from_device: "device",
  to_device: "other_device",
  from_token: "token",
  id: "token_id",
  hostId: "hostId",
  roomId: "roomId",
  connect_code: "connect_code",
  agent_id: "agent_id",
  address: "wallet_address",
  wallet_address: "wallet_address",
  after: "cursor",
  resume: "resumeToken",
};

/** Names that stand for something else than schemas can say. */
const OWN: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  password: fc.constant("correct horse battery"),
  current_password: fc.constant("correct horse battery"),
  // Whoever waits takes a line's time: as long as it takes to see that waiting works.
  wait: fc.constantFrom("0", "0.01", "0.02"),
  region: fc.constantFrom("eu", "us", "local"),
  signature: fc.constantFrom("0x" + "ab".repeat(65), "cd".repeat(65)),
  amount_wei: fc.oneof(fc.nat(), fc.constantFrom("10000000000000000", 0)),
  winner_port: fc.constantFrom(1, 2, null),
  sdp: fc.constantFrom("v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\n", "v=0"),
};

/** Values of a schema. Members that name something known are {@link reference}s, for whoever sends it to fill in. */
export function valuesOf(schema: JsonSchema, schemas: Schemas, name = "", depth = 0): fc.Arbitrary<unknown> {
  const plain = byShape(schema, schemas, name, depth);
  const known = Object.hasOwn(KNOWN, name) ? KNOWN[name] : undefined;
  const own = Object.hasOwn(OWN, name) ? OWN[name] : undefined;
  if (own !== undefined) return fc.oneof({ weight: 9, arbitrary: own }, { weight: 1, arbitrary: plain });
  if (known === undefined) return plain;
  return fc.oneof({ weight: 12, arbitrary: reference(known) }, { weight: 1, arbitrary: plain });
}

function byShape(schema: JsonSchema, schemas: Schemas, name: string, depth: number): fc.Arbitrary<unknown> {
  const inner = (one: JsonSchema, as = name) => valuesOf(one, schemas, as, depth + 1);
  if (schema.$ref !== undefined) return byShape(schemas[schema.$ref.split("/").at(-1)!] ?? {}, schemas, name, depth);
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return fc.oneof(...choices.map((one) => byShape(one, schemas, name, depth)));
  const types = Array.isArray(schema.type) ? (schema.type as string[]) : [schema.type as string | undefined];
  const number = (key: string, otherwise: number): number => (schema[key] as number | undefined) ?? otherwise;
  const one = (type: string | undefined): fc.Arbitrary<unknown> => {
    switch (type) {
      case "string":
        return texts(schema);
      case "integer":
        return fc.oneof(
          fc.integer({ min: number("minimum", -1000), max: Math.min(number("maximum", 1000), 2 ** 53 - 1) }),
          fc.constantFrom(number("minimum", 0), number("maximum", 2 ** 31 - 1)),
        );
      case "number":
        return fc.oneof(
          fc.integer({ min: Math.ceil(number("minimum", -1000)), max: Math.floor(number("maximum", 1000)) }),
          fc.constantFrom(number("minimum", 0), number("maximum", 1000)),
        );
      case "boolean":
        return fc.boolean();
      case "null":
        return fc.constant(null);
      case "array":
        return fc.array(inner(schema.items ?? {}, ""), {
          minLength: number("minItems", 0),
          maxLength: Math.min(number("maxItems", 4), number("minItems", 0) + 4),
        });
      case "object":
        return objects(schema, inner, depth);
      default:
        return anything;
    }
  };
  return types.length === 1 ? one(types[0]) : fc.oneof(...types.map(one));
}

const anything = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom<unknown>({ a: 1 }, "text", 7, null, true, [1, "2"], { b: { c: [] } }) },
  { weight: 1, arbitrary: hostileText },
  { weight: 1, arbitrary: hostileNumber },
);

function objects(schema: JsonSchema, inner: (one: JsonSchema, name: string) => fc.Arbitrary<unknown>, depth: number) {
  const members = Object.entries(schema.properties ?? {});
  const required = new Set(schema.required ?? []);
  const model = Object.fromEntries(members.map(([name, one]) => [name, inner(one, name)]));
  const requiredKeys = members.map(([name]) => name).filter((name) => required.has(name));
  const base = fc.record(model, { requiredKeys, noNullPrototype: true });
  if (members.length > 0 || depth > 3) return base;
  return fc.dictionary(fc.constantFrom("a", "b", "level", "players"), anything, { maxKeys: 3 });
}

function texts(schema: JsonSchema): fc.Arbitrary<string> {
  const bounds = {
    minLength: (schema["minLength"] as number | undefined) ?? 0,
    maxLength: Math.min((schema["maxLength"] as number | undefined) ?? 24, 24),
  };
  const pattern = schema["pattern"] as string | undefined;
  if (schema["format"] === "uuid") return fc.uuid();
  if (schema["format"] === "date-time") return fc.constant("2024-01-01T00:00:00Z");
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern));
  const plain = fc.string({ ...bounds, maxLength: Math.max(bounds.minLength, bounds.maxLength) });
  const longest = schema["maxLength"] as number | undefined;
  const edges = ["x".repeat(Math.max(1, bounds.minLength)), ...(longest === undefined ? [] : ["y".repeat(longest)])];
  return fc.oneof({ weight: 6, arbitrary: plain }, { weight: 1, arbitrary: fc.constantFrom(...edges) });
}
