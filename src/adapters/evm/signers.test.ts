import { describe, expect, test } from "bun:test";
import { privateKeyToAccount } from "viem/accounts";
import { concat, encodeAbiParameters, keccak256, parseAbiParameters, toBytes } from "viem/utils";
import { typedDataOf } from "../../core/signatures/match-proof.ts";
import type { MatchRecord, Player } from "../../ports/match-records.ts";
import type { TypedData } from "../../ports/signers.ts";
import { evmSigners } from "./signers.ts";

const account = privateKeyToAccount(`0x${"5".repeat(64)}`);
const contract = "0x1cc748475f1f666017771fb49131708446b9f3df";

const player = (connectCode: string, wallet: string): Player => ({
  connectCode,
  wallet,
  fighterName: null,
  agentId: null,
  queueId: connectCode,
  report: null,
});
const match: MatchRecord = {
  id: "550e8400-e29b-41d4-a716-446655440000",
  status: "completed",
  p1: player("A", account.address),
  p2: player("B", `0x${"0".repeat(38)}B2`),
  result: { winner: "p2", winnerScore: 4, loserScore: 1, completedAt: 1_707_148_800_999 },
  wager: null,
  createdAt: 0,
  activeAt: 0,
};

/** The digest as a contract computes it (EIP-712), step by step. */
function digestOf({ domain, message }: TypedData): `0x${string}` {
  const hash = (text: string) => keccak256(toBytes(text));
  const separator = keccak256(
    encodeAbiParameters(parseAbiParameters("bytes32, bytes32, bytes32, uint256, address"), [
      hash("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
      hash("NoJohns"),
      hash("1"),
      10143n,
      domain.verifyingContract as `0x${string}`,
    ]),
  );
  const struct = keccak256(
    encodeAbiParameters(
      parseAbiParameters("bytes32, bytes32, address, address, bytes32, uint8, uint8, bytes32, uint256"),
      [
        hash(
          "MatchResult(bytes32 matchId,address winner,address loser,string gameId,uint8 winnerScore,uint8 loserScore,bytes32 replayHash,uint256 timestamp)",
        ),
        message["matchId"] as `0x${string}`,
        message["winner"] as `0x${string}`,
        message["loser"] as `0x${string}`,
        hash("melee"),
        4,
        1,
        `0x${"0".repeat(64)}`,
        1_707_148_800n,
      ],
    ),
  );
  return keccak256(concat(["0x1901", separator, struct]));
}

describe("signatures of wallets", () => {
  const message = typedDataOf(match, { chainId: 10143, contract });

  test("are over the digest that the contract computes", async () => {
    const signature = await account.sign({ hash: digestOf(message) });
    expect(await evmSigners.recover(message, signature)).toBe(account.address.toLowerCase());
    expect(await account.signTypedData(message as never)).toBe(signature);
  });

  test("over anything else are somebody else's", async () => {
    const signature = await account.sign({ hash: digestOf(message) });
    const mainnet = { ...message, domain: { ...message.domain, chainId: 143 } };
    const later = { ...message, message: { ...message.message, timestamp: 1_707_148_801 } };
    for (const other of [mainnet, later]) {
      expect(await evmSigners.recover(other, signature)).not.toBe(account.address.toLowerCase());
    }
  });

  test("that no key can have made are nobody's", async () => {
    const nowhere = `0x${"0".repeat(63)}5${"0".repeat(63)}11b`;
    expect(await evmSigners.recover(message, nowhere)).toBeNull();
  });
});
