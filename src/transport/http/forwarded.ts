/** One element of a `Forwarded` header (RFC 7239), as far as it concerns us. */
export interface Hop {
  readonly for?: string;
  readonly proto?: string;
  readonly host?: string;
}

/** Token or quoted string, each way of RFC 7239 section 4. */
const PAIR = /^\s*([\w!#$%&'*+.^`|~-]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s;,"]*))\s*(;|,|$)/;

/** Reads a `Forwarded` header; null if it is not well formed, because half of it would be somebody else's word. */
export function readForwarded(header: string): readonly Hop[] | null {
  const hops: Record<string, string>[] = [{}];
  let rest = header;
  while (rest.trim() !== "") {
    const match = PAIR.exec(rest);
    if (match === null) return null;
    const [whole, name, quoted, plain, end] = match;
    hops.at(-1)![name!.toLowerCase()] = quoted?.replace(/\\(.)/g, "$1") ?? plain ?? "";
    rest = rest.slice(whole.length);
    if (end === ",") hops.push({});
  }
  return hops;
}
