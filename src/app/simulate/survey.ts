import { Refusal, type Client } from "./client.ts";
import { worldFaces, type WorldFace } from "./figures.ts";
import type { Bearer } from "./tokens.ts";

/** A path that only this face has. */
const SIGNS: Readonly<Record<WorldFace, string>> = {
  "host-pool": "/api/match/find",
  coordinator: "/api/zones",
  devices: "/api/contacts",
  arena: "/queue/join",
  "video-chat": "/api/stats",
};

export interface Survey {
  readonly faces: readonly WorldFace[];
  readonly hasRooms: boolean;
  readonly asksForTokens: boolean;
}

interface Document {
  readonly paths?: Readonly<Record<string, unknown>>;
  readonly channels?: Readonly<Record<string, { readonly address?: string }>>;
}

/**
 * Finds out what a server serves, as any client could.
 *
 * @throws {Refusal} it does not answer, or is something else
 */
export async function survey(client: Client): Promise<Survey> {
  const [http, sockets] = await Promise.all([
    client.get<Document>("/openapi.json"),
    client.get<Document>("/asyncapi.json"),
  ]);
  const paths = new Set(Object.keys(http.paths ?? {}));
  const addresses = Object.values(sockets.channels ?? {}).map(({ address }) => address);
  return {
    faces: worldFaces.filter((face) => paths.has(SIGNS[face])),
    hasRooms: addresses.some((address) => address?.startsWith("/signaling") === true),
    asksForTokens: await asksForTokens(client),
  };
}

/** A ticket stands for a token: where none is asked for, anybody gets one. */
async function asksForTokens(client: Client): Promise<boolean> {
  try {
    await client.as(() => Promise.resolve(null)).post("/api/tickets");
    return false;
  } catch (error) {
    if (error instanceof Refusal && !error.isTransient) return error.status === 401;
    throw error;
  }
}

/** Why a server that asks for tokens does not take this one; null if it does. */
export async function refusalOf(client: Client, bearer: Bearer): Promise<string | null> {
  try {
    await client.as(bearer).post("/api/tickets");
    return null;
  } catch (error) {
    if (error instanceof Refusal && !error.isTransient) return error.message;
    throw error;
  }
}
