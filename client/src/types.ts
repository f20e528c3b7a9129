import type { Channels, Operations, Schemas } from "./wire.ts";

/** What an operation of the HTTP API takes, by the id it has in `/openapi.json`. */
export type Body<Id extends keyof Operations> = Operations[Id]["body"];

/** What an operation of the HTTP API answers. */
export type Answer<Id extends keyof Operations> = Operations[Id]["answer"];

/** What may stand in the query of an operation. */
export type Query<Id extends keyof Operations> = Operations[Id]["query"];

/** What a socket hears, by its channel in `/asyncapi.json`. */
export type Heard<Channel extends keyof Channels> = Channels[Channel]["hear"][keyof Channels[Channel]["hear"]];

/** Somebody's place among one's contacts. */
export type Contact = Schemas["Contact"];

/** An account that has signed in, with its token. */
export type SignedIn = Schemas["SignedIn"];
