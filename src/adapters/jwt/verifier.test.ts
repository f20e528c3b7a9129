import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { createHmac } from "node:crypto";
import { exportJWK, exportSPKI, generateKeyPair, SignJWT, UnsecuredJWT, type JWTHeaderParameters } from "jose";
import { createVirtualClock, type VirtualClock } from "../../../test/support/virtual-clock.ts";
import type { TokenVerifier, Verdict } from "../../ports/tokens.ts";
import { systemRandom } from "../system/random.ts";
import { issueToken } from "./issue.ts";
import { createTokenVerifier } from "./verifier.ts";

const SECRET = "a secret that is long enough for HS256, as it must be";
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Signs by hand what no library would. */
function forge(header: object, claims: object | string, secret = SECRET, hash = "sha256"): string {
  const part = (value: object | string): string =>
    Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");
  const signed = `${part(header)}.${part(claims)}`;
  return `${signed}.${createHmac(hash, secret).update(signed).digest("base64url")}`;
}

const refused = (verdict: Verdict): string => {
  if (verdict.verdict !== "bad") throw new Error(`it was ${verdict.verdict}`);
  return verdict.reason;
};

describe("tokens signed with the shared secret", () => {
  let clock: VirtualClock;
  let verifier: TokenVerifier;

  beforeEach(() => {
    clock = createVirtualClock();
    verifier = make();
  });

  const make = (more: { issuer?: string; audience?: string; secret?: string | Uint8Array<ArrayBuffer> } = {}) =>
    createTokenVerifier({
      keys: { secret: more.secret ?? SECRET },
      clock,
      issuer: more.issuer ?? null,
      audience: more.audience ?? null,
    });
  const seconds = () => Math.floor(clock.now() / 1000);
  const claims = (more: object = {}) => ({ sub: "alice", exp: seconds() + 60, ...more });
  const signed = (more: object = {}, header: Partial<JWTHeaderParameters> = {}) =>
    forge({ alg: "HS256", ...header }, claims(more));
  const reason = async (token: string, by = verifier) => refused(await by.verify(token));

  test("are good with subject, end and all they carry", async () => {
    const exp = seconds() + 60;
    expect(await verifier.verify(signed({ scope: "host", host_id: "h" }))).toEqual({
      verdict: "good",
      subject: "alice",
      expiresAt: exp * 1000,
      claims: { sub: "alice", exp, scope: "host", host_id: "h" },
    });
  });

  test("what we issue is good, and only with the secret it was issued with", async () => {
    const order = { subject: "alice", ttlSeconds: 60, issuer: "us", audience: "here", claims: { scope: "host" } };
    const token = await issueToken(order, { secret: SECRET, clock, random: systemRandom });
    expect(await make({ issuer: "us", audience: "here" }).verify(token)).toMatchObject({ verdict: "good" });
    expect(await reason(token, make({ secret: `${SECRET}!` }))).toBe("its signature is wrong");
  });

  test("the signature of RFC 7515, appendix A.1, is right with its key and no other", async () => {
    const key = Uint8Array.fromBase64(
      "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow",
      { alphabet: "base64url" },
    );
    const token =
      "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxl" +
      "LmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    clock = createVirtualClock(1_300_819_300_000);
    // It has no subject, which is looked at last.
    expect(await reason(token, make({ secret: key }))).toBe("its claim sub is missing");
    expect(await reason(token)).toBe("its signature is wrong");
    await clock.advance(85_000);
    expect(await reason(token, make({ secret: key }))).toBe("its claim sub is missing");
    expect(await reason(token.replace(".eyJ", ".eyK"), make({ secret: key }))).toBe("its signature is wrong");
  });

  test("algorithm none is refused in every spelling", async () => {
    expect(await reason(new UnsecuredJWT(claims()).encode())).toBe("its algorithm is not allowed");
    for (const alg of ["none", "None", "NONE", "nOnE", ""]) {
      const [header, payload] = forge({ alg }, claims()).split(".");
      expect(await reason(`${header}.${payload}.`)).toMatch(/algorithm|no JSON Web Token/);
    }
  });

  test("the token does not choose the algorithm", async () => {
    for (const [alg, hash] of [
      ["HS384", "sha384"],
      ["HS512", "sha512"],
    ] as const) {
      expect(await reason(forge({ alg }, claims(), SECRET, hash))).toBe("its algorithm is not allowed");
    }
    const { privateKey } = await generateKeyPair("RS256");
    const rsa = await new SignJWT(claims()).setProtectedHeader({ alg: "RS256" }).sign(privateKey);
    expect(await reason(rsa)).toBe("its algorithm is not allowed");
  });

  test("a changed header, payload or signature is noticed", async () => {
    const [header, payload, signature] = signed().split(".") as [string, string, string];
    const admin = Buffer.from(JSON.stringify(claims({ scope: "admin" }))).toString("base64url");
    expect(await reason(`${header}.${admin}.${signature}`)).toBe("its signature is wrong");
    const other = Buffer.from('{"alg":"HS256","kid":"x"}').toString("base64url");
    expect(await reason(`${other}.${payload}.${signature}`)).toBe("its signature is wrong");
    expect(await reason(`${header}.${payload}.${signature.slice(0, -3)}`)).toMatch(/wrong|no JSON Web Token/);
    expect(await reason(`${header}.${payload}.`)).toMatch(/wrong|no JSON Web Token/);
  });

  test("times count, with five seconds for a clock that is off", async () => {
    expect(await reason(signed({ exp: seconds() - 5 }))).toBe("it has expired");
    expect(await verifier.verify(signed({ exp: seconds() - 4 }))).toMatchObject({ verdict: "good" });
    expect(await reason(signed({ nbf: seconds() + 6 }))).toBe("it is not valid yet");
    expect(await verifier.verify(signed({ nbf: seconds() + 5 }))).toMatchObject({ verdict: "good" });
    const token = signed();
    await clock.advance(65_000);
    expect(await reason(token)).toBe("it has expired");
  });

  test("a token without an end or without a subject is none", async () => {
    expect(await reason(forge({ alg: "HS256" }, { sub: "alice" }))).toBe("its claim exp is missing");
    expect(await reason(forge({ alg: "HS256" }, { exp: seconds() + 60 }))).toBe("its claim sub is missing");
    for (const sub of ["", 7, null, ["alice"], "x".repeat(257)]) expect(await reason(signed({ sub }))).toContain("sub");
    for (const exp of ["9999999999", null, {}]) expect(await reason(signed({ exp }))).toContain("exp");
  });

  test("issuer and audience count where they are set", async () => {
    const strict = make({ issuer: "us", audience: "here" });
    expect(await strict.verify(signed({ iss: "us", aud: "here" }))).toMatchObject({ verdict: "good" });
    expect(await strict.verify(signed({ iss: "us", aud: ["there", "here"] }))).toMatchObject({ verdict: "good" });
    expect(await reason(signed({ iss: "them", aud: "here" }), strict)).toBe("its claim iss is wrong");
    expect(await reason(signed({ iss: ["us"], aud: "here" }), strict)).toBe("its claim iss is wrong");
    expect(await reason(signed({ iss: "us", aud: "there" }), strict)).toBe("its claim aud is wrong");
    expect(await reason(signed({ iss: "us" }), strict)).toBe("its claim aud is missing");
    expect(await reason(signed({ aud: "here" }), strict)).toBe("its claim iss is missing");
  });

  test("a token of another kind is refused, one that says nothing of its kind is not", async () => {
    for (const typ of ["JWT", "jwt", "application/jwt", "at+jwt"]) {
      expect(await verifier.verify(signed({}, { typ }))).toMatchObject({ verdict: "good" });
    }
    for (const typ of ["secevent+jwt", "dpop+jwt", "JOSE", ""]) {
      expect(await reason(signed({}, { typ }))).toContain("another kind");
    }
  });

  test("nothing in the header leads anywhere else", async () => {
    const { publicKey } = await generateKeyPair("ES256", { extractable: true });
    const jwk = await exportJWK(publicKey);
    for (const header of [{ jwk }, { jku: "http://127.0.0.1:1/keys" }, { x5u: "http://127.0.0.1:1" }]) {
      // Signed with our secret, so the header is merely ignored.
      expect(await verifier.verify(signed({}, header as object))).toMatchObject({ verdict: "good" });
      expect(await reason(forge({ alg: "HS256", ...header }, claims(), "another secret"))).toBe(
        "its signature is wrong",
      );
    }
    for (const kid of ["../../../../dev/null", "' OR 1=1 --", "x\u0000y"]) {
      expect(await reason(forge({ alg: "HS256", kid }, claims(), ""))).toBe("its signature is wrong");
    }
    expect(await reason(signed({}, { crit: ["exp"], exp: 1 }))).toBe("it is no JSON Web Token of ours");
    expect(await reason(signed({}, { crit: ["b64"], b64: false }))).toBe("it is no JSON Web Token of ours");
  });

  test("a token of any other form is refused, and a huge one is not even looked at", async () => {
    const huge = signed({ pad: "x".repeat(8_192) });
    expect(await reason(huge)).toBe("it is too long");
    const shapes = [
      "",
      ".",
      "..",
      "a.b.c",
      "a.b.c.d.e",
      signed().replaceAll(".", ""),
      `${signed()}.`,
      "é.é.é",
      "\u0000",
    ];
    for (const token of shapes) expect(await reason(token)).toBe("it is no JSON Web Token of ours");
    for (const payload of ["[]", "null", "1", '"x"', "{", ""]) {
      expect(await reason(forge({ alg: "HS256" }, payload))).toBe("it is no JSON Web Token of ours");
    }
  });
});

describe("tokens signed with keys that the issuer publishes", () => {
  let clock: VirtualClock;
  let issuer: Bun.Server<undefined>;
  let published: () => Response | Promise<Response>;
  let fetches: number;
  let verifier: TokenVerifier;

  beforeEach(() => {
    clock = createVirtualClock();
    fetches = 0;
    issuer = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      fetch() {
        fetches++;
        return published();
      },
    });
    const jwksUrl = `http://127.0.0.1:${issuer.port}/keys`;
    verifier = createTokenVerifier({ keys: { jwksUrl }, clock, issuer: null, audience: null });
  });
  afterEach(() => issuer.stop(true));

  const newKey = async (kid: string, alg: "RS256" | "ES256" = "ES256") => {
    const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
    return {
      publicKey,
      jwk: { ...(await exportJWK(publicKey)), kid, alg, use: "sig" },
      sign: (header: object = {}, sub = "alice") =>
        new SignJWT({ sub, exp: Math.floor(clock.now() / 1000) + 3600 })
          .setProtectedHeader({ alg, kid, ...header })
          .sign(privateKey),
    };
  };
  const publish = (...keys: { jwk: object }[]) => {
    published = () => Response.json({ keys: keys.map(({ jwk }) => jwk) });
  };
  const good = async (token: Promise<string>) => (await verifier.verify(await token)).verdict === "good";

  test("RS256 and ES256 are good, and the keys are fetched once", async () => {
    const [rsa, ec] = [await newKey("one", "RS256"), await newKey("two")];
    publish(rsa, ec);
    const tokens = [rsa.sign(), ec.sign(), rsa.sign(), ec.sign()];
    expect(await Promise.all(tokens.map(good))).toEqual([true, true, true, true]);
    expect(fetches).toBe(1);
  });

  test("a public key is no secret: HS256 signed with it is refused", async () => {
    const rsa = await newKey("one", "RS256");
    publish(rsa);
    const claims = { sub: "mallory", exp: Math.floor(clock.now() / 1000) + 60, scope: "admin" };
    for (const secret of [await exportSPKI(rsa.publicKey), JSON.stringify(rsa.jwk), String((rsa.jwk as any).n)]) {
      for (const header of [{ alg: "HS256", kid: "one" }, { alg: "HS256" }]) {
        expect(refused(await verifier.verify(forge(header, claims, secret)))).toBe("its algorithm is not allowed");
      }
    }
    expect(refused(await verifier.verify(new UnsecuredJWT(claims).encode()))).toBe("its algorithm is not allowed");
  });

  test("a shared secret among the published keys is not used", async () => {
    publish({ jwk: { kty: "oct", k: Buffer.from(SECRET).toString("base64url"), kid: "one", alg: "HS256" } });
    const token = await new SignJWT({ sub: "a", exp: 9e9 })
      .setProtectedHeader({ alg: "HS256", kid: "one" })
      .sign(bytes(SECRET));
    expect(refused(await verifier.verify(token))).toBe("its algorithm is not allowed");
  });

  test("a key of somebody else under the same name is refused, embedded or not", async () => {
    const [ours, theirs] = [await newKey("one"), await newKey("one")];
    publish(ours);
    expect(refused(await verifier.verify(await theirs.sign()))).toBe("its signature is wrong");
    expect(refused(await verifier.verify(await theirs.sign({ jwk: theirs.jwk })))).toBe("its signature is wrong");
    const url = `http://127.0.0.1:${issuer.port}/evil`;
    expect(refused(await verifier.verify(await theirs.sign({ jku: url, kid: "two" })))).toBe("its key is not known");
  });

  test("rotation: a new key is fetched when a token names it, and a withdrawn one ends with the cache", async () => {
    const [old, young] = [await newKey("old"), await newKey("young")];
    publish(old);
    expect(await good(old.sign())).toBe(true);
    publish(young);
    await clock.advance(30_000);
    expect(await good(young.sign())).toBe(true);
    expect(fetches).toBe(2);
    expect(refused(await verifier.verify(await old.sign()))).toBe("its key is not known");
    publish();
    expect(await good(young.sign())).toBe(true);
    await clock.advance(10 * 60_000);
    expect(refused(await verifier.verify(await young.sign()))).toBe("its key is not known");
  });

  test("whoever invents key names does not make us fetch more than twice a minute", async () => {
    const [ours, theirs] = [await newKey("ours"), await newKey("theirs")];
    publish(ours);
    for (let second = 0; second < 60; second++) {
      const tokens = await Promise.all([theirs.sign({ kid: `a${second}` }), theirs.sign({ kid: `b${second}` })]);
      for (const verdict of await Promise.all(tokens.map((token) => verifier.verify(token)))) refused(verdict);
      await clock.advance(1_000);
    }
    expect(fetches).toBe(2);
  });

  test("without keys nobody is let in, and they are asked for again after a while", async () => {
    const ours = await newKey("one");
    for (const answer of [
      () => new Response("down", { status: 500 }),
      () => new Response("not json"),
      () => Response.json({ keys: "none" }),
      () => Response.redirect("http://127.0.0.1:1/"),
    ]) {
      published = answer;
      expect((await verifier.verify(await ours.sign())).verdict).toBe("unknown");
      const before = fetches;
      expect((await verifier.verify(await ours.sign())).verdict).toBe("unknown");
      expect(fetches).toBe(before);
      await clock.advance(5_000);
    }
    publish(ours);
    expect(await good(ours.sign())).toBe(true);
  });

  test("keys that cannot be fetched again when they are old are not used on", async () => {
    const ours = await newKey("one");
    publish(ours);
    expect(await good(ours.sign())).toBe(true);
    published = () => new Response("down", { status: 503 });
    await clock.advance(10 * 60_000 - 1);
    expect(await good(ours.sign())).toBe(true);
    await clock.advance(1);
    expect((await verifier.verify(await ours.sign())).verdict).toBe("unknown");
  });

  test("a token that is bad anyway does not make us fetch", async () => {
    published = () => Response.json({ keys: [] });
    await verifier.verify("rubbish");
    await verifier.verify(forge({ alg: "HS256" }, {}));
    expect(fetches).toBe(0);
  });
});
