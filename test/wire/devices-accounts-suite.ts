import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import fc from "fast-check";
import { rendezvous } from "../support/cli.ts";
import { anEmail, member, PASSWORD, stranger } from "../support/devices-client.ts";
import { call, type Answer } from "../support/http.ts";
import { startServer, type RunningServer } from "../support/server.ts";

const UUID = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

/** Accounts and contacts over HTTP, on one kind of store. `settings` makes an empty one. */
export function accountsSuite(store: string, settings: () => Promise<Record<string, string>>): void {
  describe(`accounts on ${store}`, () => {
    let server: RunningServer;
    let kept: Record<string, string>;
    beforeAll(async () => {
      kept = await settings();
      server = await startServer({ FACES: "devices", ...kept });
    });
    afterAll(async () => {
      await server.stop();
    });
    const url = (): string => server.url;
    const login = (email: string, password = PASSWORD): Promise<Answer> =>
      stranger(url).post("/auth/login", { email, password });

    test("signing up signs in, and nobody may cache the token", async () => {
      const email = anEmail();
      const { status, body, headers } = await stranger(url).post("/auth/signup", {
        email: `  ${email.toUpperCase()} `,
        password: PASSWORD,
      });
      expect([status, headers.get("cache-control")]).toEqual([201, "no-store"]);
      expect(body).toEqual({
        email,
        token: expect.stringMatching(UUID),
        token_id: expect.stringMatching(UUID),
        expires_at: expect.stringMatching(TIME),
      });
      const days = (Date.parse(body.expires_at) - Date.now()) / 86_400_000;
      expect(days).toBeWithin(29.9, 30.1);
    });

    test("of a thousand who sign up with one address at once, one does", async () => {
      const email = anEmail();
      const answers = await Promise.all(
        Array.from({ length: 1000 }, () => stranger(url).post("/auth/signup", { email, password: PASSWORD })),
      );
      const statuses = Map.groupBy(answers, ({ status }) => status);
      expect(statuses.get(201)).toHaveLength(1);
      expect([...statuses.keys()].filter((status) => ![201, 409, 503].includes(status))).toEqual([]);
      const me = stranger(url);
      me.token = statuses.get(201)![0]!.body.token;
      expect((await me.get("/auth/tokens")).body.tokens).toHaveLength(1);
    });

    test("a wrong password and an unknown address are answered alike", async () => {
      const { email } = await member(url);
      const wrong = { event: "error", error: "Wrong email or password", code: "wrong_login" };
      for (const attempt of [login(email, "wrong password"), login(anEmail())]) {
        const { status, body, headers } = await attempt;
        expect([status, body]).toEqual([401, wrong]);
        expect(headers.get("www-authenticate")).toBe('Bearer realm="rendezvous"');
      }
    });

    test("a wrong password and an unknown address take as long", async () => {
      const known = await Promise.all(Array.from({ length: 8 }, () => member(url)));
      const took = async (email: string): Promise<number> => {
        const began = performance.now();
        expect((await login(email, "wrong password")).status).toBe(401);
        return performance.now() - began;
      };
      const [wrong, unknown]: [number[], number[]] = [[], []];
      // In turns, so that whatever else this machine does weighs on both.
      for (let at = 0; at < 48; at++) {
        wrong.push(await took(known[at % known.length]!.email));
        unknown.push(await took(anEmail()));
      }
      const median = (times: number[]): number => times.sort((one, other) => one - other)[times.length / 2]!;
      const ratio = median(wrong) / median(unknown);
      expect(ratio).toBeWithin(0.75, 1.33);
    });

    test("tokens are listed, named, and revoked by their ids", async () => {
      const me = await member(url);
      const other = (await stranger(url).post("/auth/login", { email: me.email, password: PASSWORD, name: "phone" }))
        .body;
      const { tokens } = (await me.get("/auth/tokens")).body;
      expect(tokens).toHaveLength(2);
      expect(tokens.find(({ id }: any) => id === other.token_id)).toEqual({
        id: other.token_id,
        name: "phone",
        user_agent: expect.any(String),
        created_at: expect.stringMatching(TIME),
        last_used_at: expect.stringMatching(TIME),
        expires_at: expect.stringMatching(TIME),
        current: false,
      });
      expect(tokens.find(({ id }: any) => id === me.tokenId).current).toBe(true);
      const somebodyElse = await member(url);
      expect((await somebodyElse.delete(`/auth/tokens/${other.token_id}`)).body.code).toBe("token_not_found");
      expect((await me.delete(`/auth/tokens/${other.token_id}`)).status).toBe(204);
      const phone = stranger(url);
      phone.token = other.token;
      expect((await phone.get("/contacts")).body.error).toBe("Invalid or expired token");
    });

    test("logging out ends one token, and DELETE on all ends the others", async () => {
      const me = await member(url);
      await login(me.email);
      await login(me.email);
      expect((await me.delete("/auth/tokens")).body).toEqual({ revoked: 2 });
      expect((await me.get("/auth/tokens")).body.tokens).toHaveLength(1);
      expect((await me.post("/auth/logout")).status).toBe(204);
      expect((await me.get("/auth/tokens")).status).toBe(401);
    });

    test("a password is changed by whoever knows it", async () => {
      const me = await member(url);
      await login(me.email);
      const change = (current_password: string) =>
        me.post("/auth/password", { current_password, password: "another horse" });
      expect((await change("wrong")).body).toMatchObject({ event: "error", code: "wrong_password" });
      expect((await change(PASSWORD)).body).toEqual({ revoked: 1 });
      expect((await login(me.email)).status).toBe(401);
      expect((await login(me.email, "another horse")).status).toBe(200);
      expect((await me.get("/auth/tokens")).status).toBe(200);
    });

    test("an operator's code sets a password once, while the server runs", async () => {
      const me = await member(url);
      const { stdout, code } = await rendezvous(["reset-code", me.email.toUpperCase()], kept);
      expect(code).toBe(0);
      const reset = (code: string) =>
        stranger(url).post("/auth/reset", { email: me.email, code, password: "a new horse" });
      expect((await reset("guess")).body).toMatchObject({ event: "error", code: "bad_code" });
      const outcomes = await Promise.all(Array.from({ length: 5 }, () => reset(stdout)));
      expect(outcomes.filter(({ status }) => status === 204)).toHaveLength(1);
      expect((await me.get("/contacts")).status).toBe(401);
      expect((await login(me.email, "a new horse")).status).toBe(200);
      const nobody = await rendezvous(["reset-code", anEmail()], kept);
      expect([nobody.code, nobody.stdout]).toEqual([1, ""]);
    });

    test("contacts are requested, seen by both, and accepted", async () => {
      const [alice, bob] = [await member(url), await member(url)];
      const asked = await alice.post("/contacts", { email: bob.email.toUpperCase() });
      expect(asked.status).toBe(200);
      expect(asked.body).toEqual({ email: bob.email, status: "outgoing", since: expect.stringMatching(TIME) });
      expect(await bob.contacts()).toEqual({ [alice.email]: "incoming" });
      expect((await bob.post("/contacts/accept", { email: alice.email })).body.status).toBe("accepted");
      expect(await alice.contacts()).toEqual({ [bob.email]: "accepted" });
      expect((await alice.delete(`/contacts/${encodeURIComponent(bob.email)}`)).status).toBe(204);
      expect(await bob.contacts()).toEqual({});
    });

    test("requests that cross are accepted, whichever comes first", async () => {
      for (let run = 0; run < 5; run++) {
        const [alice, bob] = [await member(url), await member(url)];
        await Promise.all([
          alice.post("/contacts", { email: bob.email }),
          bob.post("/contacts", { email: alice.email }),
        ]);
        expect(await alice.contacts()).toEqual({ [bob.email]: "accepted" });
        expect(await bob.contacts()).toEqual({ [alice.email]: "accepted" });
      }
    });

    test("an accept and a withdrawal that race leave both sides with the same", async () => {
      for (let run = 0; run < 10; run++) {
        const [alice, bob] = [await member(url), await member(url)];
        await alice.post("/contacts", { email: bob.email });
        await Promise.all([
          bob.post("/contacts", { email: alice.email, action: "accept" }),
          alice.post("/contacts", { email: bob.email, action: "remove" }),
        ]);
        expect([await alice.contacts(), await bob.contacts()]).toEqual([{}, {}]);
      }
    });

    test("an address without an account is asked like any other, and finds the request when it signs up", async () => {
      const [alice, bob] = [await member(url), await member(url)];
      const email = anEmail();
      const [there, nobody] = [
        await alice.post("/contacts", { email: bob.email }),
        await alice.post("/contacts", { email }),
      ];
      expect({ ...nobody.body, email: "", since: "" }).toEqual({ ...there.body, email: "", since: "" });
      expect(await (await member(url, email)).contacts()).toEqual({ [alice.email]: "incoming" });
    });

    test("whoever is blocked sees a request that waits, and nothing arrives", async () => {
      const [alice, bob] = [await member(url), await member(url)];
      await alice.post("/contacts", { email: bob.email });
      await bob.post("/contacts/accept", { email: alice.email });
      expect((await bob.post("/contacts/block", { email: alice.email })).body.status).toBe("blocked");
      expect(await alice.contacts()).toEqual({});
      expect((await alice.post("/contacts", { email: bob.email })).body.status).toBe("outgoing");
      expect(await alice.contacts()).toEqual({ [bob.email]: "outgoing" });
      expect(await bob.contacts()).toEqual({ [alice.email]: "blocked" });
      expect((await bob.post("/contacts", { email: alice.email })).body.code).toBe("contact_blocked");
      expect((await bob.post("/contacts/unblock", { email: alice.email })).body.status).toBe("incoming");
    });

    test("an account that is deleted leaves nothing with others, and its address is free", async () => {
      const [alice, bob] = [await member(url), await member(url)];
      await alice.post("/contacts", { email: bob.email });
      await bob.post("/contacts/accept", { email: alice.email });
      expect((await alice.delete("/auth/account", { password: "wrong" })).body.code).toBe("wrong_password");
      expect((await alice.delete("/auth/account", { password: PASSWORD })).status).toBe(204);
      expect(await bob.contacts()).toEqual({});
      expect((await alice.get("/contacts")).status).toBe(401);
      expect((await login(alice.email)).status).toBe(401);
      expect(await (await member(url, alice.email)).contacts()).toEqual({});
    });

    test("every refusal has the face's shape", async () => {
      const big = `{"email":"${"a".repeat(70_000)}"}`;
      const refusals: readonly [string, string, unknown, string | null, number, string][] = [
        ["GET", "/contacts", undefined, null, 401, "token_required"],
        ["GET", "/contacts", undefined, "nonsense", 401, "malformed_token"],
        ["GET", "/contacts", undefined, "f3b1c9d2-8a54-4e0f-b6c7-2d9e1a7f5c30", 401, "invalid_token"],
        ["GET", "/contacts", undefined, "eyJ.eyJ.c2ln", 401, "invalid_token"],
        ["POST", "/auth/signup", "{", null, 400, "bad_json"],
        ["POST", "/auth/signup", "[]", null, 400, "invalid_field"],
        ["POST", "/auth/signup", '{"__proto__":{}}', null, 400, "bad_json"],
        ["POST", "/auth/signup", big, null, 413, "body_too_large"],
        ["POST", "/auth/signup", { email: "a@b" }, null, 400, "invalid_field"],
        ["POST", "/auth/signup", { email: "a@b", password: 12345678 }, null, 400, "invalid_field"],
        ["POST", "/auth/signup", { email: "a@b", password: "1234567" }, null, 400, "invalid_field"],
        ["POST", "/auth/signup", { email: "a b", password: PASSWORD }, null, 400, "invalid_field"],
        ["POST", "/auth/signup", { email: "a\u0000@b", password: PASSWORD }, null, 400, "invalid_field"],
        ["POST", "/auth/login", { email: "a@b", password: "x", name: "\u0000" }, null, 400, "invalid_field"],
        ["POST", "/auth/login", { email: "a@b", password: "x".repeat(9999) }, null, 400, "invalid_field"],
        ["POST", "/contacts", { email: "a@b", action: "constructor" }, null, 400, "invalid_field"],
        ["GET", "/auth/signup", undefined, null, 405, "method_not_allowed"],
        ["GET", "/auth/elsewhere", undefined, null, 404, "unknown_path"],
        ["POST", "/contacts/elsewhere/x", {}, null, 404, "unknown_path"],
      ];
      for (const [method, path, body, token, status, code] of refusals) {
        const headers: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
        const answer = await call(method, `${server.url}/api${path}`, body, headers);
        const shown = [method, path, body];
        expect([shown, answer.status, answer.body]).toEqual([
          shown,
          status,
          { event: "error", error: expect.any(String), code },
        ]);
        expect(answer.headers.has("www-authenticate")).toBe(status === 401);
        expect(answer.headers.get("access-control-allow-origin")).toBe("*");
      }
    });

    test("one's own address, and what is not there, are said to be so", async () => {
      const me = await member(url);
      const codes: string[] = [];
      for (const action of ["request", "accept", "decline", "remove", "block", "unblock"]) {
        codes.push((await me.post("/contacts", { email: me.email, action })).body.code);
      }
      expect(new Set(codes)).toEqual(new Set(["own_address"]));
      for (const action of ["accept", "decline", "remove", "unblock"]) {
        expect((await me.post(`/contacts/${action}`, { email: anEmail() })).body.code).toBe("contact_not_found");
      }
      expect((await me.delete("/contacts/nonsense")).body.code).toBe("contact_not_found");
      expect((await me.delete("/auth/tokens/nonsense")).body.code).toBe("token_not_found");
      expect((await me.delete("/auth/tokens/%00")).body.code).toBe("token_not_found");
    });

    test("whatever is sent, nothing of ours breaks", async () => {
      const me = await member(url);
      const text = fc.oneof(
        fc.string({ unit: "binary" }),
        fc.constantFrom("a@b", me.email, "a@b\u0000", "\ud800@x", ""),
      );
      const value = fc.oneof(text, fc.jsonValue({ maxDepth: 2 }));
      const fields = ["email", "password", "invite", "name", "code", "current_password", "action"] as const;
      const body = fc.oneof(
        fc.record(Object.fromEntries(fields.map((field) => [field, value])), { requiredKeys: [] }),
        fc.jsonValue(),
      );
      const paths = ["signup", "login", "reset", "password"].map((path) => `/auth/${path}`);
      const path = fc.constantFrom(...paths, "/contacts", "/contacts/accept", "/contacts/block");
      const id = fc.string({ unit: "binary", minLength: 1 }).map((text) => encodeURIComponent(text.toWellFormed()));
      await fc.assert(
        fc.asyncProperty(path, body, id, async (path, body, id) => {
          const answers = [
            await me.post(path, body),
            await me.delete(`/contacts/${id}`),
            await me.delete(`/auth/tokens/${id}`),
          ];
          for (const { status, body } of answers) {
            expect([status < 500, status < 300 || body.event === "error"]).toEqual([true, true]);
          }
        }),
        { numRuns: 150 },
      );
      expect((await me.get("/contacts")).status).toBe(200);
    });

    test("no more than 200 requests wait at once", async () => {
      const me = await member(url);
      const answers = await Promise.all(
        Array.from({ length: 210 }, (_, at) => me.post("/contacts", { email: `${at}-${me.email}` })),
      );
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(200);
      expect(answers.filter(({ body }) => body.code === "contacts_full")).toHaveLength(10);
    });
  });
}
