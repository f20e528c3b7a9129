import {
  decodeErrorResult,
  decodeEventLog,
  encodeEventTopics,
  encodeFunctionData,
  keccak256,
  stringToHex,
} from "viem/utils";
import { privateKeyToAccount } from "viem/accounts";
import { ChainRefused, ChainUnavailable, type Chain, type Feedback } from "../../ports/chain.ts";
import { errorWithText, giveFeedback, newFeedback, wagerSettled } from "./abi.ts";
import { createLogReader, hex } from "./logs.ts";
import { createRpc, RpcRefusal } from "./rpc.ts";

export interface EvmChainOptions {
  readonly rpcUrl: string;
  readonly chainId: number;
  /** Of an account that may pay; null: nothing is signed. */
  readonly privateKey: string | null;
  /** Address of the ERC-8004 reputation registry. */
  readonly registry: string;
  /** Address of the Wager contract; null: none. */
  readonly wagers: string | null;
  /** How long one call may take, in ms. */
  readonly callMs?: number;
}

type Hex = `0x${string}`;

/** What the gas limit adds to the estimate: little, because on Monad the limit is what is charged. */
const GAS_MARGIN = 1.15;
/** How far the base fee may rise before a signed transaction waits; what is not used is not charged. */
const FEE_ROOM = 4n;
/** In wei. Where the endpoint does not say. */
const USUAL_TIP = 2_000_000_000n;
/** How many blocks the first look back goes over. */
const LOOK_BACK = 64;

/** A chain of the Ethereum kind, by JSON-RPC. */
export function createEvmChain(options: EvmChainOptions): Chain {
  const { chainId, registry, wagers } = options;
  const call = createRpc(options.rpcUrl, options.callMs);
  const account = options.privateKey === null ? null : privateKeyToAccount(options.privateKey as Hex);
  let hasContracts = false;

  /** A refusal of the endpoint, where the method leaves it no reason for one, is a failure like any other. */
  const rpc = async (method: string, params: readonly unknown[]): Promise<unknown> => {
    try {
      return await call(method, params);
    } catch (error) {
      if (error instanceof RpcRefusal) throw new ChainUnavailable(`${method} is refused: ${error.message}`);
      throw error;
    }
  };
  const logs = createLogReader(call);
  const quantity = async (method: string, params: readonly unknown[]): Promise<bigint> =>
    toBigInt(await rpc(method, params));
  const block = async (which: string): Promise<{ number: number; time: number; baseFee: bigint }> => {
    const { number, timestamp, baseFeePerGas } = ((await rpc("eth_getBlockByNumber", [which, false])) ?? {}) as Record<
      string,
      unknown
    >;
    return {
      number: Number(toBigInt(number)),
      time: Number(toBigInt(timestamp)) * 1000,
      baseFee: baseFeePerGas === undefined ? 0n : toBigInt(baseFeePerGas),
    };
  };

  const mustHaveCode = async (name: string, address: string): Promise<void> => {
    if ((await rpc("eth_getCode", [address, "latest"])) === "0x") {
      throw new ChainUnavailable(`there is no contract at ${address} (${name})`);
    }
  };

  return {
    signer: account?.address.toLowerCase() ?? null,

    async finalized() {
      const real = await quantity("eth_chainId", []);
      if (real !== BigInt(chainId)) throw new ChainUnavailable(`it is chain ${real}, not ${chainId}`);
      if (!hasContracts) {
        if (account !== null) await mustHaveCode("REPUTATION_REGISTRY", registry);
        if (wagers !== null) await mustHaveCode("WAGER_CONTRACT", wagers);
        hasContracts = true;
      }
      return (await block("finalized")).number;
    },

    async blockBefore(time) {
      const newest = await block("latest");
      for (let back = LOOK_BACK; back < newest.number; back *= 2) {
        const { number, time: then } = await block(hex(newest.number - back));
        if (then < time) return number;
      }
      return 0;
    },

    balance: (address) => quantity("eth_getBalance", [address, "latest"]),

    async nonce(address, asOf) {
      const which = asOf === "newest" ? "latest" : "finalized";
      return Number(await quantity("eth_getTransactionCount", [address, which]));
    },

    async sign(feedback, nonce) {
      if (account === null) throw new Error("there is no key to sign with");
      const { uri, hash } = documentOf(feedback);
      const { agentId, value, tag1, tag2, endpoint } = feedback;
      const data = encodeFunctionData({
        abi: [giveFeedback],
        args: [agentId, BigInt(value), 0, tag1, tag2, endpoint, uri, hash],
      });
      const transaction = { from: account.address, to: registry, data };
      const estimate = await asContract(async () => {
        await call("eth_call", [transaction, "latest"]);
        return toBigInt(await call("eth_estimateGas", [transaction]));
      });
      const { baseFee } = await block("latest");
      const tip = await call("eth_maxPriorityFeePerGas", []).then(toBigInt, (error: unknown) => {
        if (error instanceof RpcRefusal) return USUAL_TIP;
        throw error;
      });
      const raw = await account.signTransaction({
        type: "eip1559",
        chainId,
        nonce,
        to: registry as Hex,
        data,
        gas: BigInt(Math.ceil(Number(estimate) * GAS_MARGIN)),
        maxPriorityFeePerGas: tip,
        maxFeePerGas: baseFee * FEE_ROOM + tip,
      });
      return { signer: account.address.toLowerCase(), nonce, hash: keccak256(raw), raw };
    },

    async send(raw) {
      try {
        await call("eth_sendRawTransaction", [raw]);
      } catch (error) {
        if (!(error instanceof RpcRefusal)) throw error;
        // Sent before, or in a block by now: whoever looks for its receipt sees.
        if (/already (known|imported|exists)|nonce (is )?too low|known transaction/i.test(error.message)) return;
        throw new ChainUnavailable(`it does not take the transaction: ${error.message}`);
      }
    },

    async receipt(hash) {
      const receipt = (await rpc("eth_getTransactionReceipt", [hash])) as Record<string, unknown> | null;
      if (receipt === null) return null;
      const { blockNumber, status } = receipt;
      return { block: Number(toBigInt(blockNumber)), succeeded: toBigInt(status) === 1n };
    },

    hashOf: (feedback) => documentOf(feedback).hash,

    async feedbackBy(address, fromBlock, toBlock) {
      const topics = encodeEventTopics({ abi: [newFeedback], args: { clientAddress: address as Hex } }) as string[];
      const to = toBlock === "newest" ? (await block("latest")).number : toBlock;
      const given = [];
      for await (const log of logs({ address: registry, topics }, fromBlock, to)) {
        const event = decode(newFeedback, log);
        if (event !== null) given.push({ agentId: event.args.agentId, hash: event.args.feedbackHash.toLowerCase() });
      }
      return given;
    },

    async settledWagers(fromBlock, toBlock) {
      if (wagers === null) return [];
      const topics = encodeEventTopics({ abi: [wagerSettled] }) as string[];
      const settled = [];
      for await (const log of logs({ address: wagers, topics }, fromBlock, toBlock)) {
        const event = decode(wagerSettled, log);
        if (event !== null) settled.push({ wagerId: event.args.wagerId, proofId: event.args.matchId.toLowerCase() });
      }
      return settled;
    },
  };
}

/** The document as a registry takes it. */
function documentOf({ document }: Feedback): { readonly uri: string; readonly hash: Hex } {
  const uri = `data:application/json;base64,${Buffer.from(document, "utf8").toString("base64")}`;
  return { uri, hash: keccak256(stringToHex(document)) };
}

/** Null: another event, or one of another make. */
function decode<const Event extends typeof newFeedback | typeof wagerSettled>(
  event: Event,
  log: { readonly topics: readonly string[]; readonly data: string },
) {
  try {
    return decodeEventLog({ abi: [event], topics: log.topics as [Hex, ...Hex[]], data: log.data as Hex });
  } catch {
    return null;
  }
}

/** Lets the contract say no in its own words. */
async function asContract<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof RpcRefusal)) throw error;
    if (error.isRevert) throw new ChainRefused(reasonOf(error));
    throw new ChainUnavailable(`the call is refused: ${error.message}`);
  }
}

function reasonOf({ data, message }: RpcRefusal): string {
  try {
    const [text] = decodeErrorResult({ abi: [errorWithText], data: data as Hex }).args;
    return text.slice(0, 300);
  } catch {
    return message;
  }
}

function toBigInt(value: unknown): bigint {
  if (typeof value !== "string" || !/^0x[0-9a-f]+$/i.test(value)) {
    throw new ChainUnavailable("its endpoint answers something that is no number");
  }
  return BigInt(value);
}
