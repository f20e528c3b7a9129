import { afterEach, describe, expect, test } from "bun:test";
import {
  answer,
  challenge,
  errorCode,
  startScriptedStun,
  xorAddress,
  type Script,
  type ScriptedStun,
} from "../../test/support/scripted-stun.ts";
import { AttributeType, Method } from "../adapters/turn/message.ts";
import { longTermKey, textOf } from "../adapters/turn/values.ts";
import { parseIceUrl } from "../core/credentials/ice-url.ts";
import { issueTurnCredential } from "../core/credentials/turn-credential.ts";
import { judgeAllocation } from "./doctor/check-turn.ts";
import { exitCodeOf, printFindings } from "./doctor/report.ts";
import { runDoctor, type DoctorConfig, type Finding } from "./doctor.ts";

const SECRET = "north";
const running: ScriptedStun[] = [];
afterEach(() => {
  for (const server of running.splice(0)) server.stop();
});

async function serve(script: Script): Promise<string> {
  const server = await startScriptedStun("udp", script);
  running.push(server);
  return `127.0.0.1:${server.port}`;
}

/** Ports on which surely nothing answers, so that no test meets a server of this machine. */
const quick = { timeoutMs: 2_000, retransmitMs: 100, usualPorts: { plain: 1, secure: 1 } };
const examine = (config: Partial<DoctorConfig>, options = {}) =>
  runDoctor(
    { stunUrls: [], turnUrls: [], turnSecret: SECRET, turnTtlSeconds: 3600, ...config },
    { ...quick, ...options },
  );

/** A TURN server that checks the credential as coturn does, and then answers what the test says. */
function turnServer(reply: Script): Script {
  return (request, n) => {
    const username = textOf(request, AttributeType.username);
    if (request.method === Method.binding) {
      return [answer(request, "success", [xorAddress(AttributeType.xorMappedAddress, "127.0.0.1", 9)])];
    }
    if (username === undefined) return [answer(request, "error", [errorCode(401), ...challenge("n1")])];
    return reply(request, n);
  };
}

describe("the settings alone", () => {
  test("no server at all is a warning, not a failure", async () => {
    const [finding, ...rest] = await examine({ turnSecret: null });
    expect(rest).toEqual([]);
    expect(finding).toMatchObject({ level: "warn", subject: "STUN_URLS, TURN_URLS" });
    expect(finding?.sentence).toContain("peers meet only on the same network");
  });

  test("STUN without TURN is a warning besides what the STUN server answers", async () => {
    const stun = `stun:${await serve(turnServer(() => []))}`;
    expect(await examine({ stunUrls: [stun] })).toMatchObject([
      { level: "warn", subject: "TURN_URLS" },
      { level: "ok", subject: stun, sentence: "Answers, and sees this machine as 127.0.0.1.", advice: null },
    ]);
  });

  test("TURN without a secret is a failure", async () => {
    const findings = await examine({ turnUrls: ["turn:127.0.0.1:1"], turnSecret: undefined });
    expect(findings).toMatchObject([{ level: "fail", subject: "TURN_SECRET" }]);
  });

  test("a URL that is none is a failure", async () => {
    const findings = await examine({ turnUrls: ["turn://127.0.0.1"] });
    expect(findings).toMatchObject([{ level: "fail", subject: "turn://127.0.0.1" }]);
    expect(findings[0]?.sentence).toContain("without //");
  });

  test("TURN over DTLS is said not to be checked", async () => {
    const findings = await examine({ turnUrls: ["turns:127.0.0.1?transport=udp"] });
    expect(findings).toMatchObject([{ level: "warn", sentence: expect.stringContaining("no DTLS") }]);
  });
});

describe("names", () => {
  test("a name that does not resolve is told with the resolver's code", async () => {
    const resolve = () => Promise.reject(Object.assign(new Error("no"), { code: "ENOTFOUND" }));
    expect(await examine({ turnUrls: ["turn:turn.example.org"] }, { resolve })).toMatchObject([
      { level: "fail", sentence: "The name turn.example.org does not resolve (ENOTFOUND)." },
    ]);
  });

  test("a further address is tried when the first does not answer", async () => {
    const place = await serve(turnServer(() => []));
    const resolve = () => Promise.resolve(["127.0.0.2", "127.0.0.1"]);
    const stun = `stun:stun.example.org:${place.split(":")[1]}`;
    const findings = await examine({ stunUrls: [stun], turnUrls: [] }, { resolve });
    expect(findings.find((one) => one.subject === stun)).toMatchObject({ level: "ok" });
  });
});

describe("what a TURN server refuses", () => {
  test.each([
    [486, "Allocation Quota Reached", "The quota is used up", "user-quota"],
    [508, "Insufficient Capacity", "no relay port left", "min-port"],
    [437, "Allocation Mismatch", "already has an allocation", "NAT"],
    [403, "Forbidden", "forbids this machine", "deny lists"],
    [442, "Unsupported Transport Protocol", "does not relay UDP", "no-udp-relay"],
    [300, "Try Alternate", "sends clients on", "alternate-server"],
    [599, "Strange", "refuses the request", "log"],
  ])("%i %s is put into words", async (code, reason, sentence, advice) => {
    const place = await serve(turnServer((request) => [answer(request, "error", [errorCode(code, reason)])]));
    const [finding] = await examine({ turnUrls: [`turn:${place}`] });
    expect(finding?.level).toBe("fail");
    expect(finding?.sentence).toContain(sentence);
    expect(finding?.sentence).toContain(`(${code} ${reason})`);
    expect(finding?.advice).toContain(advice);
  });

  test("a full server that shares our secret but runs ahead is a matter of clocks, not of the secret", async () => {
    const place = await serve(
      turnServer((request) => {
        const [expiry] = textOf(request, AttributeType.username)!.split(":");
        const isExpired = Number(expiry) < Date.now() / 1000 + 7200;
        return [answer(request, "error", isExpired ? [errorCode(401), ...challenge("n1")] : [errorCode(486)])];
      }),
    );
    const [finding] = await examine({ turnUrls: [`turn:${place}`] });
    expect(finding?.sentence).toContain("its clock is ahead of this machine's by more than the 3600 s");
  });

  test("a server that asks for a credential without a realm is told so", async () => {
    const place = await serve((request) => [answer(request, "error", [errorCode(401)])]);
    const [finding] = await examine({ turnUrls: [`turn:${place}`] });
    expect(finding).toMatchObject({ level: "fail", sentence: expect.stringContaining("which realm") });
  });
});

describe("what is worth a warning though the server relays", () => {
  const relayed = xorAddress(AttributeType.xorRelayedAddress, "127.0.0.1", 50_000);

  test("a server that asks nobody for a credential", async () => {
    const place = await serve((request) => [answer(request, "success", [relayed])]);
    expect(await examine({ turnUrls: [`turn:${place}`] })).toMatchObject([
      { level: "warn", sentence: expect.stringContaining("for everybody") },
    ]);
  });

  test("a server that takes a credential that ran out", async () => {
    const place = await serve(
      turnServer((request) => {
        const username = textOf(request, AttributeType.username)!;
        const [expiry, user] = username.split(":");
        const { credential } = issueTurnCredential(SECRET, Number(expiry), user!);
        return [answer(request, "success", [relayed], longTermKey(username, "test.invalid", credential))];
      }),
    );
    expect(await examine({ turnUrls: [`turn:${place}`] })).toMatchObject([
      { level: "ok" },
      { level: "warn", sentence: expect.stringContaining("its clock is behind this machine's") },
    ]);
  });

  test("a public server that relays on a private address", () => {
    const url = parseIceUrl("turn:203.0.113.5");
    const judge = (relay: string) =>
      judgeAllocation(
        url,
        { transport: "udp", address: "203.0.113.5", port: 3478 },
        { result: "allocated", relayed: { address: relay, port: 50_000 }, authenticated: true },
        false,
      );
    expect(judge("10.0.0.5")).toMatchObject([
      { level: "ok" },
      { level: "warn", advice: expect.stringContaining("external-ip") },
    ]);
    expect(judge("203.0.113.5")).toMatchObject([{ level: "ok" }]);
  });
});

describe("what is printed", () => {
  const findings: Finding[] = [
    { level: "ok", subject: "stun:a", sentence: "Answers.", advice: null },
    { level: "fail", subject: "turn:b", sentence: "Broken.", advice: "Mend it." },
  ];
  const print = (json: boolean) => {
    const lines: string[] = [];
    printFindings(findings, { json, write: (line) => lines.push(line) });
    return lines.join("\n");
  };

  test("people get the level, the subject, the sentence and the advice", () => {
    expect(print(false)).toBe("OK    stun:a\n      Answers.\nFAIL  turn:b\n      Broken.\n      Mend it.");
  });

  test("programs get one JSON document", () => {
    expect(JSON.parse(print(true))).toEqual({ ok: false, findings });
  });

  test("the exit code is 1 for a failure and 0 for a warning", async () => {
    const run = async (turnUrls: string[]) =>
      exitCodeOf(await runDoctor({ stunUrls: [], turnUrls, turnSecret: SECRET, turnTtlSeconds: 60 }, quick));
    expect(await run([])).toBe(0);
    expect(await run(["turn:"])).toBe(1);
  });
});
