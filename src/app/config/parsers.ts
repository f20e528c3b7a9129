import { splitUrls } from "../../adapters/redis/address.ts";
import { readAddressBlock } from "../../transport/http/client-address.ts";
import { isLoopbackName } from "../../transport/http/local.ts";

/** Parsers from a setting's text. Each throws an Error that completes the sentence "NAME must be …". */
export type Parser<Value> = (text: string) => Value;

export const text: Parser<string> = (value) => value;

export function integer(min: number, max: number): Parser<number> {
  return (value) => {
    const number = Number(value);
    if (!/^\d+$/.test(value) || number < min || number > max) throw new Error(`a whole number from ${min} to ${max}`);
    return number;
  };
}

export function choice<const Value extends string>(values: readonly Value[]): Parser<Value> {
  return (value) => {
    const found = values.find((one) => one === value.toLowerCase());
    if (found === undefined) throw new Error(`one of ${values.join(", ")}`);
    return found;
  };
}

/** Separated by commas; blanks around an entry do not count, nor does an entry given twice. */
export function list<Value>(entry: Parser<Value>): Parser<readonly Value[]> {
  return (value) => {
    const entries = value.split(",").map((one) => one.trim());
    return [...new Set(entries.filter((one) => one !== "").map(entry))];
  };
}

function url(protocols: readonly string[], example: string): Parser<URL> {
  return (value) => {
    const parsed = URL.canParse(value) ? new URL(value) : null;
    if (parsed === null || !protocols.includes(parsed.protocol) || parsed.hostname === "") {
      throw new Error(`a URL such as ${example}`);
    }
    return parsed;
  };
}

/** Of a contract or a wallet; comes in lower case. */
export const address: Parser<string> = (value) => {
  if (!/^0x[0-9a-f]{40}$/i.test(value)) throw new Error("an address: 0x and 40 hexadecimal digits");
  return value.toLowerCase();
};

/** A key of the curve secp256k1; comes in lower case with 0x. */
export const privateKey: Parser<string> = (value) => {
  const [, digits] = /^(?:0x)?([0-9a-f]{64})$/i.exec(value) ?? [];
  const number = digits === undefined ? 0n : BigInt(`0x${digits}`);
  if (number === 0n || number >= CURVE_ORDER) throw new Error("a private key: 64 hexadecimal digits");
  return `0x${digits!.toLowerCase()}`;
};

/** Of secp256k1 (SEC 2, 2.4.1). */
const CURVE_ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

/** At least as many bytes of UTF-8. */
export function secret(bytes: number): Parser<string> {
  return (value) => {
    if (Buffer.byteLength(value) < bytes) throw new Error(`at least ${bytes} bytes long`);
    return value;
  };
}

/** The same, of characters that a header can carry as a Bearer token: of ASCII those that are seen. */
export function headerSecret(bytes: number): Parser<string> {
  const long = secret(bytes);
  return (value) => {
    if (!/^[!-~]*$/.test(value))
      throw new Error("letters, digits and signs of ASCII, without spaces: a header carries it");
    return long(value);
  };
}

/** An address, or a block of them in CIDR notation, as it was given. */
export const addressBlock: Parser<string> = (value) => {
  if (readAddressBlock(value) === null) throw new Error("addresses or blocks such as 10.0.0.0/8 and fd00::/8");
  return value;
};

const http = url(["http:", "https:"], "https://play.example.org");
const socket = url(["ws:", "wss:"], "wss://play.example.org/signaling");
const postgres = url(["postgres:", "postgresql:"], "postgres://user@host:5432/name");
const redis = url(["redis:", "rediss:"], "redis://host:6379");

/** Without a trailing slash, so that paths can be put behind it. */
export const baseUrl: Parser<string> = (value) => {
  const parsed = http(value);
  if (parsed.search !== "" || parsed.hash !== "") throw new Error("a URL without ? and #");
  return parsed.href.replace(/\/$/, "");
};
/** As browsers send it. */
export const origin: Parser<string> = (value) => {
  const parsed = http(value);
  if (parsed.pathname !== "/" || parsed.search !== "" || parsed.hash !== "") {
    throw new Error("origins such as https://play.example.org");
  }
  return parsed.origin;
};
/** What is fetched from here is believed, so nobody may change it on the way. */
export const keysUrl: Parser<string> = (value) => {
  const { protocol, hostname, href } = http(value);
  if (protocol !== "https:" && !isLoopbackName(hostname)) throw new Error("an https:// URL, or one on the loopback");
  return href;
};
/** Exactly as given: it may hold the key to it. */
export const endpointUrl: Parser<string> = (value) => (http(value), value);
/** Exactly as given: clients put their own query behind it. */
export const socketUrl: Parser<string> = (value) => (socket(value), value);
export const postgresUrl: Parser<string> = (value) => (postgres(value), value);
/** One URL, or those of several servers of a cluster, separated by commas. */
export const redisUrl: Parser<string> = (value) => {
  const urls = splitUrls(value);
  if (new Set(urls.map((one) => redis(one).protocol)).size > 1)
    throw new Error("URLs that all are redis: or all rediss:");
  return urls.join(",");
};

/** As OpenTelemetry has it: `name=value` pairs, separated by commas, the values percent-encoded. */
export const headerList: Parser<Readonly<Record<string, string>>> = (value) => {
  const pairs = value.split(",").map((pair) => {
    const at = pair.indexOf("=");
    const name = pair.slice(0, at).trim();
    if (at < 0 || !/^[!#$%&'*+.^`|~\w-]+$/.test(name)) throw new Error("name=value pairs, separated by commas");
    return [name.toLowerCase(), decodeURIComponent(pair.slice(at + 1).trim())] as const;
  });
  return Object.fromEntries(pairs);
};
export const ratio: Parser<number> = (value) => {
  const number = Number(value);
  if (!(number >= 0 && number <= 1)) throw new Error("a number from 0 to 1");
  return number;
};
