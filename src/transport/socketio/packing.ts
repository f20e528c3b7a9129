/** Where a binary part stood, and its bytes in base64. */
type Part = readonly [path: readonly (string | number)[], bytes: string];

/** A decoded Socket.IO argument as text: JSON, and beside it the binary parts, which JSON does not know. */
export function pack(value: unknown): string {
  const parts: Part[] = [];

  const strip = (part: unknown, path: readonly (string | number)[]): unknown => {
    if (part instanceof ArrayBuffer || ArrayBuffer.isView(part)) {
      parts.push([path, bytesOf(part).toString("base64")]);
      return null;
    }
    if (Array.isArray(part)) return part.map((item, at) => strip(item, [...path, at]));
    if (typeof part !== "object" || part === null) return part;
    return Object.fromEntries(Object.entries(part).map(([key, item]) => [key, strip(item, [...path, key])]));
  };

  return JSON.stringify([strip(value, []), parts]);
}

/** What was packed; its binary parts are Buffers, as Socket.IO decodes them. */
export function unpack(text: string): unknown {
  const [stripped, parts] = JSON.parse(text) as [unknown, readonly Part[]];
  const root: { value: unknown } = { value: stripped };
  for (const [path, bytes] of parts) {
    const steps: readonly (string | number)[] = ["value", ...path];
    let holder = root as Record<string | number, unknown>;
    for (const step of steps.slice(0, -1)) holder = holder[step] as Record<string | number, unknown>;
    holder[steps.at(-1)!] = Buffer.from(bytes, "base64");
  }
  return root.value;
}

function bytesOf(part: ArrayBuffer | ArrayBufferView): Buffer {
  return part instanceof ArrayBuffer ? Buffer.from(part) : Buffer.from(part.buffer, part.byteOffset, part.byteLength);
}
