/** Slots of a Redis Cluster. */
const SLOTS = 16_384;

/** What of a key is hashed: all of it, unless its first pair of braces holds something. */
export function hashedPart(key: string): string {
  const from = key.indexOf("{") + 1;
  const to = from === 0 ? -1 : key.indexOf("}", from);
  return to <= from ? key : key.slice(from, to);
}

/** What CRC16 (XMODEM) makes of each byte: every message to another node asks for a slot. */
const CRCS = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8;
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1;
  return crc;
});

const utf8 = new TextEncoder();

/** The slot that a Redis Cluster keeps `key` in. */
export function slotOf(key: string): number {
  let crc = 0;
  for (const byte of utf8.encode(hashedPart(key))) crc = ((crc << 8) & 0xffff) ^ CRCS[(crc >> 8) ^ byte]!;
  return crc % SLOTS;
}

const tags = new Map<number, string>();

/** What in braces puts another key into the slot of `key`: its hashed part, or a short text of the same slot. */
export function tagFor(key: string): string {
  const part = hashedPart(key);
  if (part !== "" && !part.includes("}")) return part;
  const slot = slotOf(key);
  const known = tags.get(slot);
  if (known !== undefined) return known;
  let n = 0;
  while (slotOf(`${n}`) !== slot) n++;
  tags.set(slot, `${n}`);
  return `${n}`;
}
