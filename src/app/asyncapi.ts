import { asyncApiDocument, type DocumentedSocket } from "../transport/asyncapi/document.ts";
import type { AsyncApiDocument } from "../transport/asyncapi/types.ts";
import type { Face } from "../transport/face.ts";
import { policy } from "../transport/http/policy.ts";
import { plainRefusal, route, type RouteGroup } from "../transport/http/route.ts";
import type { RequestLimit } from "../transport/limits/limit.ts";
import type { Config } from "./config/settings.ts";
import { content, send, type Content } from "./pages/response.ts";
import { version } from "./version.ts";

const DESCRIPTION = `Every message of every WebSocket and of Socket.IO. HTTP has a document of its own: \`/openapi.json\`.

A WebSocket carries text frames of one JSON value each. Paths answer with and without a slash at the end. Where the
operator has set AUTH_MODE=token, a token goes with the handshake, as [access](/docs/access) says.`;

/** The sockets of all faces. A face that speaks Socket.IO shares its path with all that do. */
export function documentedSockets(faces: readonly Face[]): readonly DocumentedSocket[] {
  return faces.flatMap(({ sockets = [], socketIoDoc }) => [
    ...sockets.flatMap(({ path, doc }) => (doc === undefined ? [] : [{ path, doc }])),
    ...(socketIoDoc === undefined ? [] : [{ path: "/socket.io/", doc: socketIoDoc }]),
  ]);
}

/** Gives the description of all sockets: written when somebody first asks for it, and kept. */
export type SocketDescription = () => AsyncApiDocument;

export function describeSockets(faces: readonly Face[], config: Pick<Config, "PUBLIC_URL">): SocketDescription {
  let written: AsyncApiDocument | null = null;
  return () =>
    (written ??= asyncApiDocument(documentedSockets(faces), {
      title: "Rendezvous",
      version,
      description: DESCRIPTION,
      license: { name: "MIT" },
      publicUrl: config.PUBLIC_URL,
    }));
}

/** `GET /asyncapi.json`: the description of all messages, for programs. People read it at `/docs/sockets`. */
export function asyncApiGroup(describe: SocketDescription, limit: RequestLimit | undefined): RouteGroup {
  let rendered: Content | null = null;
  const render = (): Content => content(JSON.stringify(describe()), "application/json");
  return {
    name: "asyncapi",
    prefixes: ["/asyncapi.json"],
    crossOrigin: true,
    limit,
    refuse: plainRefusal,
    routes: [
      route({
        method: "GET",
        path: "/asyncapi.json",
        summary: "The AsyncAPI document of all sockets",
        policy: policy.open,
        handle: ({ request }) => send(request, (rendered ??= render())),
      }),
    ],
  };
}
