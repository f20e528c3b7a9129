import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  attribute,
  AttributeType,
  decodeMessage,
  encodeMessage,
  hasIntegrity,
  messageLength,
  Method,
} from "./message.ts";
import { errorOf, longTermKey, text, textOf, uint32, xorAddressOf } from "./values.ts";

const hex = (written: string) => Buffer.from(written.replaceAll(/\s/g, ""), "hex");

/** The samples of RFC 5769; their padding is not all zero, which a reader must not mind. */
const request = hex(`
  000100582112a442b7e7a701bc34d686fa87dfae
  802200105354554e207465737420636c69656e74 002400046e0001ff 80290008932ff9b151263b36
  000600096576746a3a68367659202020 000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a2 80280004e57a3bcf`);
const responseIPv4 = hex(`
  0101003c2112a442b7e7a701bc34d686fa87dfae
  8022000b7465737420766563746f7220 002000080001a147e112a643
  000800142b91f599fd9e90c38c7489f92af9ba53f06be7d7 80280004c07d4c96`);
const responseIPv6 = hex(`
  010100482112a442b7e7a701bc34d686fa87dfae
  8022000b7465737420766563746f7220 002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d9
  00080014a382954e4be67bf11784c97c8292c275bfe3ed41 80280004c8fb0b4c`);
const longTerm = hex(`
  000100602112a44278ad3433c6ad72c029da412e
  00060012e3839ee38388e383aae38383e382afe382b90000
  0015001c662f2f3439396b39353464364f4c33346f4c394653547679363473 41
  0014000b6578616d706c652e6f726700 00080014f67024656dd64a3e02b8e0712e85c9a28ca89666`);
const shortTermKey = Buffer.from("VOkJxbRl1RmTxUk/WvJxBt");
const SOFTWARE = 0x8022;

describe("the samples of RFC 5769", () => {
  test("2.1: a request with short-term authentication", () => {
    const message = decodeMessage(request)!;
    expect(message).toMatchObject({ method: Method.binding, class: "request" });
    expect(textOf(message, AttributeType.username)).toBe("evtj:h6vY");
    expect(textOf(message, SOFTWARE)).toBe("STUN test client");
    expect(hasIntegrity(request, shortTermKey)).toBe(true);
    expect(hasIntegrity(request, Buffer.from("another"))).toBe(false);
  });

  test("2.2: an IPv4 response", () => {
    const message = decodeMessage(responseIPv4)!;
    expect(message).toMatchObject({ method: Method.binding, class: "success" });
    expect(xorAddressOf(message, AttributeType.xorMappedAddress)).toEqual({ address: "192.0.2.1", port: 32853 });
    expect(hasIntegrity(responseIPv4, shortTermKey)).toBe(true);
  });

  test("2.3: an IPv6 response", () => {
    const message = decodeMessage(responseIPv6)!;
    const address = "2001:db8:1234:5678:11:2233:4455:6677";
    expect(xorAddressOf(message, AttributeType.xorMappedAddress)).toEqual({ address, port: 32853 });
    expect(hasIntegrity(responseIPv6, shortTermKey)).toBe(true);
  });

  test("2.4: a request with long-term authentication, read and written byte for byte", () => {
    const key = longTermKey("マトリックス", "example.org", "TheMatrIX");
    expect(hasIntegrity(longTerm, key)).toBe(true);
    const { transactionId } = decodeMessage(longTerm)!;
    const attributes = [
      text(AttributeType.username, "マトリックス"),
      text(AttributeType.nonce, "f//499k954d6OL34oL9FSTvy64sA"),
      text(AttributeType.realm, "example.org"),
    ];
    const message = { method: Method.binding, class: "request", transactionId, attributes } as const;
    expect(encodeMessage(message, { key, fingerprint: false })).toEqual(longTerm);
  });
});

describe("encodeMessage and decodeMessage", () => {
  const transactionId = Buffer.from("0123456789ab");

  test("are each other's inverse for every method and class", () => {
    const message = fc.record({
      method: fc.integer({ min: 0, max: 0xfff }),
      class: fc.constantFrom("request", "indication", "success", "error"),
      transactionId: fc.uint8Array({ minLength: 12, maxLength: 12 }),
      attributes: fc.array(fc.record({ type: fc.constantFrom(0x0006, 0x8022), value: fc.uint8Array() })),
    });
    fc.assert(
      fc.property(message, fc.uint8Array(), (sent, key) => {
        const bytes = encodeMessage(sent, { key });
        const read = decodeMessage(bytes)!;
        expect(read).toMatchObject({ method: sent.method, class: sent.class });
        expect([...read.transactionId]).toEqual([...sent.transactionId]);
        const plain = read.attributes.slice(0, -2).map(({ type, value }) => ({ type, value: new Uint8Array(value) }));
        expect(plain).toEqual(sent.attributes.map(({ type, value }) => ({ type, value: new Uint8Array(value) })));
        expect(hasIntegrity(bytes, key)).toBe(true);
      }),
    );
  });

  test("no flipped bit passes both as a message and as signed by us", () => {
    const bytes = encodeMessage(
      { method: Method.allocate, class: "request", transactionId, attributes: [uint32(AttributeType.lifetime, 600)] },
      { key: shortTermKey, fingerprint: false },
    );
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = Buffer.from(bytes);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      expect(decodeMessage(flipped) !== null && hasIntegrity(flipped, shortTermKey)).toBe(false);
    }
  });

  test("a flipped bit of a binding is noticed by its fingerprint alone", () => {
    const bytes = encodeMessage({ method: Method.binding, class: "request", transactionId, attributes: [] });
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      // A flip in the attribute's own type leaves a message without fingerprint, which is a message too.
      if (bit >> 4 === 10) continue;
      const flipped = Buffer.from(bytes);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      expect(decodeMessage(flipped)).toBeNull();
    }
  });

  test("garbage of any length is null, never an error", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(decodeMessage(Buffer.from(bytes))).toBeNull();
        expect(hasIntegrity(Buffer.from(bytes), shortTermKey)).toBe(false);
      }),
    );
  });

  test("an attribute that runs over the end is null", () => {
    const bytes = encodeMessage(
      { method: Method.binding, class: "success", transactionId, attributes: [text(SOFTWARE, "abcd")] },
      { fingerprint: false },
    );
    bytes.writeUInt16BE(5, 22);
    expect(decodeMessage(bytes)).toBeNull();
    expect(hasIntegrity(bytes, shortTermKey)).toBe(false);
  });

  test("two messages in a row are told apart by their length", () => {
    const stream = Buffer.concat([responseIPv4, responseIPv6]);
    expect(messageLength(stream)).toBe(responseIPv4.length);
    expect(messageLength(Buffer.from("HTTP/1.1 400 Bad Request"))).toBeNull();
  });
});

describe("attribute values", () => {
  const withAttribute = (type: number, value: Uint8Array) =>
    decodeMessage(
      encodeMessage({ method: 1, class: "error", transactionId: Buffer.alloc(12), attributes: [{ type, value }] }),
    )!;

  test("an error code has a class, a number and a reason fit for a terminal", () => {
    const value = Buffer.concat([Buffer.from([0, 0, 4, 38]), Buffer.from("Stale \u001b[31mNonce\n")]);
    expect(errorOf(withAttribute(AttributeType.errorCode, value))).toEqual({ code: 438, reason: "Stale [31mNonce" });
  });

  test.each([0, 1, 3, 7, 9, 19, 21])("a value of %i bytes is no address", (length) => {
    const message = withAttribute(AttributeType.xorMappedAddress, Buffer.alloc(length, 1));
    expect(xorAddressOf(message, AttributeType.xorMappedAddress)).toBeNull();
  });

  test("what is not there is null or undefined", () => {
    const message = withAttribute(AttributeType.errorCode, Buffer.alloc(3));
    expect(errorOf(message)).toBeNull();
    expect(xorAddressOf(message, AttributeType.xorRelayedAddress)).toBeNull();
    expect(textOf(message, AttributeType.realm)).toBeUndefined();
    expect(attribute(message, AttributeType.nonce)).toBeUndefined();
  });
});
