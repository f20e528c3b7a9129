import type { JsonSchema } from "../openapi/types.ts";

/** The part of AsyncAPI 3.0 that is written here (https://www.asyncapi.com/docs/reference/specification/v3.0.0). */
export interface AsyncApiDocument {
  readonly asyncapi: "3.0.0";
  readonly info: {
    readonly title: string;
    readonly version: string;
    readonly description: string;
    readonly license: { readonly name: string };
  };
  readonly defaultContentType: "application/json";
  readonly servers: Readonly<Record<string, AsyncServer>>;
  readonly channels: Readonly<Record<string, Channel>>;
  readonly operations: Readonly<Record<string, AsyncOperation>>;
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>> };
}

export interface AsyncServer {
  readonly host: string;
  readonly protocol: "ws" | "wss";
  readonly description: string;
  readonly variables?: Readonly<Record<string, { readonly default: string; readonly description: string }>>;
}

export interface Channel {
  /** The path; `{name}` is a parameter. */
  readonly address: string;
  readonly title: string;
  readonly description: string;
  readonly parameters?: Readonly<Record<string, { readonly description: string }>>;
  readonly messages: Readonly<Record<string, Message>>;
  readonly bindings?: { readonly ws: { readonly method: "GET"; readonly query: JsonSchema } };
}

export interface Message {
  readonly name: string;
  readonly title: string;
  readonly summary: string;
  readonly payload?: { readonly schemaFormat: string; readonly schema: JsonSchema };
  readonly examples?: readonly { readonly name: string; readonly payload: unknown }[];
}

/** From where the server stands: `receive` is what clients send. */
export interface AsyncOperation {
  readonly action: "send" | "receive";
  readonly channel: Reference;
  readonly summary: string;
  readonly messages: readonly Reference[];
}

export interface Reference {
  readonly $ref: string;
}
