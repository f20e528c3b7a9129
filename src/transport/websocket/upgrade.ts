/**
 * Whether a request asks for a WebSocket (RFC 6455, 4.2.1). The runtime looks at `Upgrade` alone; a proxy that looks at
 * `Connection` as well would take what follows for another request, and so would let one through unseen.
 */
export function asksForWebSocket({ headers }: Request): boolean {
  if (headers.get("upgrade")?.toLowerCase() !== "websocket") return false;
  const options = headers.get("connection")?.toLowerCase().split(",") ?? [];
  return options.some((one) => one.trim() === "upgrade");
}

/**
 * The headers to accept a handshake with, so that the token a client may have offered among its subprotocols does not
 * come back in the answer: the runtime would choose the first. None is chosen if nothing else was offered.
 */
export function upgradeHeaders(request: Request): Record<string, string> {
  const offered = request.headers.get("sec-websocket-protocol");
  if (offered?.includes("bearer.") !== true) return {};
  const names = offered.split(",").map((one) => one.trim());
  return { "sec-websocket-protocol": names.find((one) => !one.startsWith("bearer.")) ?? "" };
}
