/**
 * Whether a request asks for a WebSocket (RFC 6455, 4.2.1). The runtime looks at `Upgrade` alone; a proxy that looks at
 * `Connection` as well would take what follows for another request, and so would let one through unseen.
 */
export function asksForWebSocket({ headers }: Request): boolean {
  if (headers.get("upgrade")?.toLowerCase() !== "websocket") return false;
  const options = headers.get("connection")?.toLowerCase().split(",") ?? [];
  return options.some((one) => one.trim() === "upgrade");
}
