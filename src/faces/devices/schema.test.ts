import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { DomainError } from "../../core/errors/errors.ts";
import { openEnvelope, sealEnvelope } from "./envelope.ts";
import { forwardable, readAbout, readMessage } from "./schema.ts";

function complaint(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return (error as DomainError).message;
  }
  return "none";
}

describe("a message", () => {
  test("may leave fields out, or say null", () => {
    const empty = { from_email: "", from_token: "", from_device: "", to_email: "", to_device: "" };
    const { message } = readMessage(`{"event":"check","from_email":null,"more":1}`);
    expect(message).toEqual({ ...empty, event: "check" });
  });

  test.each([
    [`{"from_email":1}`, "from_email must be a string"],
    [`[]`, "a message must be an object"],
    [`{"from_device":"${"x".repeat(257)}"}`, "from_device: must be at most 256 characters"],
    [`\uFEFF{}`, "a byte order mark"],
  ])("%p is refused", (text, words) => expect(complaint(() => readMessage(text))).toBe(words));

  test("names a device, or does not", () => {
    expect(readAbout({ device_name: "My Laptop", device_type: "desktop" })).toEqual({
      name: "My Laptop",
      type: "desktop",
    });
    for (const payload of [undefined, null, [], "x", {}])
      expect(readAbout(payload)).toEqual({ name: null, type: null });
    expect(complaint(() => readAbout({ device_name: 1 }))).toBe("device_name must be a string");
  });
});

describe("what is forwarded", () => {
  test("has no token, and is otherwise as it was, inside and out", () => {
    expect(forwardable(` {"a":1.0, "from_token" : "x" ,"payload":{"from_token":"kept"}}`)).toBe(
      ` {"a":1.0, "from_token" : "" ,"payload":{"from_token":"kept"}}`,
    );
    expect(forwardable(`{"from_token":null}`)).toBe(`{"from_token":""}`);
    for (const text of [`{}`, `{"from_token":""}`, `{"x":1,"x":2}`]) expect(forwardable(text)).toBe(text);
  });

  test.each(["from_email", "from_token", "from_device", "to_email", "to_device", "event", "payload"])(
    "does not say %s twice, however it is spelt",
    (field) => {
      const spelt = field.replace("e", "\\u0065");
      expect(complaint(() => forwardable(`{"${field}":"a","x":1,"${field}":"b"}`))).toBe(`duplicate field ${field}`);
      if (spelt === field) return;
      expect(complaint(() => forwardable(`{"${spelt}":"a","${field}":"b"}`))).toBe(`duplicate field ${field}`);
    },
  );

  test("is the text itself where nothing speaks against that", () => {
    const fields = `"from_email":"a","from_device":"b","to_email":"c","to_device":"d","event":"e"`;
    const isForwardable = (more: string): boolean => readMessage(`{${fields}${more}}`).isForwardable;
    for (const more of [`,"from_token":""`, ` , "from_token" : "","payload":{"from_token":"x","event":1}`]) {
      expect(isForwardable(more)).toBe(true);
      expect(forwardable(`{${fields}${more}}`)).toBe(`{${fields}${more}}`);
    }
    for (const more of ["", `,"from_token":null`, `,"from_token":"x"`, `,"from_token":"","\\u0065vent":"e"`]) {
      expect(isForwardable(more)).toBe(false);
    }
  });

  test("never carries a token, whatever stands around it", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.string({ minLength: 1 }), (fields, token) => {
        const read = JSON.parse(forwardable(JSON.stringify({ ...fields, from_token: token }))) as object;
        expect(read).toEqual(JSON.parse(JSON.stringify({ ...fields, from_token: "" })) as object);
      }),
    );
  });
});

describe("the envelope of other programs", () => {
  const by = { node: "n", now: 1_707_417_600_999 };

  test("holds the message as it is", () => {
    const text = ` {"from_email":"a@b","n":1.0}`;
    const sealed = sealEnvelope({ email: "x@y", device: '"d' }, text, by);
    expect(JSON.parse(sealed)).toEqual({
      target_email: "x@y",
      target_device: '"d',
      socket_message: { from_email: "a@b", n: 1 },
      sender_pod: "rendezvous:n",
      timestamp: 1_707_417_600,
    });
    expect(sealed).toContain(text);
    expect(sealEnvelope(null, text, by)).toStartWith(`{"target_email":"*","target_device":"*",`);
  });

  test("of ours is passed over; of theirs, the message comes as it was, without a token", () => {
    const text = `{"from_email":"a@b", "from_token":"t", "n":1.0}`;
    expect(openEnvelope(sealEnvelope(null, text, by))).toBeNull();
    const theirs = (message: string) =>
      `{"socket_message": ${message} ,"target_email":"x@y","target_device":"d","sender_pod":"pod-7","timestamp":1}`;
    const letter = { to: { email: "x@y", device: "d" }, from: "a@b", text: text.replace(`"t"`, `""`) };
    expect(openEnvelope(theirs(text))).toEqual(letter);
    expect(openEnvelope(theirs(JSON.stringify(text)))).toEqual(letter);
  });

  test("of theirs is not taken for ours, whatever it holds", () => {
    const text = JSON.stringify({ from_email: "a@b", payload: sealEnvelope(null, "{}", by) });
    const theirs = { target_email: "x@y", target_device: "d", sender_pod: "pod-7", timestamp: 1 };
    expect(openEnvelope(JSON.stringify({ ...theirs, socket_message: text }))?.text).toBe(text);
    expect(openEnvelope(JSON.stringify({ ...theirs, socket_message: JSON.parse(text) }))?.text).toBe(text);
    const last = `{"target_email":"x@y","target_device":"d","socket_message":${text},"x":{"sender_pod":"rendezvous:n","timestamp":1}}`;
    expect(openEnvelope(last)?.text).toBe(text);
  });

  test.each(["", "null", "{", `{"target_email":"x"}`, `{"target_email":"x","target_device":"y","socket_message":1}`])(
    "%p is none",
    (text) => expect(openEnvelope(text)).toBeNull(),
  );
});
