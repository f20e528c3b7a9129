/** How a hash is made: memory in KiB, passes over it, lanes. */
export interface Cost {
  readonly memory: number;
  readonly passes: number;
  readonly parallelism: number;
}

export interface Hash extends Cost {
  readonly salt: Buffer;
  readonly key: Buffer;
}

const FORM = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,4}),p=(\d{1,3})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,86})$/;

/** Writes a hash as the PHC string format has it: base64 without padding. */
export function writeHash({ memory, passes, parallelism, salt, key }: Hash): string {
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${bare(salt)}$${bare(key)}`;
}

/** @throws {Error} if the text is no Argon2id hash; says nothing of what it is */
export function readHash(text: string): Hash {
  const found = FORM.exec(text);
  if (found === null) throw new Error("a stored password hash is none of Argon2id");
  const [, memory, passes, parallelism, salt, key] = found;
  return {
    memory: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
    salt: Buffer.from(salt!, "base64"),
    key: Buffer.from(key!, "base64"),
  };
}

function bare(bytes: Buffer): string {
  return bytes.toString("base64").replace(/={1,2}$/, "");
}
