import { isLoopbackName } from "../../transport/http/local.ts";

/** What a page may do beyond showing itself. */
export interface Permissions {
  /** It opens WebSockets, also to another host (SIGNALING_URL). */
  readonly sockets?: boolean;
  /** It uses camera and microphone. */
  readonly camera?: boolean;
}

/** Something ready to be sent. `etag` is a strong validator (RFC 9110, 8.8.3). */
export interface Content {
  readonly body: string | Uint8Array<ArrayBuffer>;
  readonly type: string;
  readonly etag: string;
}

export function content(body: Content["body"], type: string): Content {
  return { body, type, etag: `"${Bun.hash(body).toString(36)}"` };
}

/** Answers with the content, or with 304 where the browser has it already. */
export function send(request: Request, what: Content, permissions: Permissions = {}): Response {
  const headers = {
    "content-type": what.type,
    etag: what.etag,
    // Kept by the browser, but asked for each time: a new version of the server shows at once.
    "cache-control": "no-cache",
    ...protection(permissions),
    ...insistence(request),
  };
  const known =
    request.headers
      .get("if-none-match")
      ?.split(",")
      .map((tag) => tag.trim()) ?? [];
  if (known.includes(what.etag)) return new Response(null, { status: 304, headers });
  return new Response(what.body, { headers });
}

/**
 * Headers that keep foreign code out. Scripts and styles come from this server's files alone, never from the page's
 * text, so that nothing a stranger types can run.
 */
export function protection({ sockets = false, camera = false }: Permissions): Record<string, string> {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "media-src 'self'",
    `connect-src 'self'${sockets ? " ws: wss:" : ""}`,
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ];
  const devices = camera ? "(self)" : "()";
  return {
    "content-security-policy": policy.join("; "),
    "permissions-policy": `camera=${devices}, microphone=${devices}, geolocation=(), display-capture=()`,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
  };
}

/** Half a year, in seconds. */
const INSIST_SECONDS = 15_552_000;

/**
 * Keeps browsers on TLS where this server itself speaks it (RFC 6797). Not on the loopback, whose name belongs to every
 * other program there as well. Behind a proxy it is the proxy's to say.
 */
function insistence(request: Request): Record<string, string> {
  const url = URL.parse(request.url);
  if (url?.protocol !== "https:" || isLoopbackName(url.hostname)) return {};
  return { "strict-transport-security": `max-age=${INSIST_SECONDS}` };
}
