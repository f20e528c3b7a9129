import { resolve } from "node:path";
import {
  createPublicClient,
  createTestClient,
  createWalletClient,
  defineChain,
  http,
  type Address,
  type Hex,
  type PublicClient,
  type TestClient,
} from "viem";
import { generatePrivateKey, privateKeyToAccount, type PrivateKeyAccount } from "viem/accounts";
import { compileContracts, type Compiled } from "./contracts.ts";
import { eventually } from "./eventually.ts";
import { freePort } from "./free-port.ts";

const binary = resolve(import.meta.dir, "../../node_modules/@foundry-rs/anvil-linux-amd64/bin/anvil");

/** The chain that the arena expects. */
export const CHAIN_ID = 10143;

/** A wallet that can pay. */
export interface Wallet extends PrivateKeyAccount {
  readonly privateKey: Hex;
}

/** A real EVM of its own with our contracts on it. */
export interface RunningAnvil {
  readonly url: string;
  readonly public: PublicClient;
  readonly test: TestClient;
  /** Addresses, lower case. */
  readonly matchProof: Address;
  readonly wager: Address;
  readonly registry: Address;
  /** A new wallet with so many coins. */
  wallet(coins?: bigint): Promise<Wallet>;
  /** Calls a contract as a wallet, and waits until it is in a block. @throws what the contract reverts with */
  write(by: PrivateKeyAccount, to: Address, name: string, args: readonly unknown[], value?: bigint): Promise<void>;
  read(from: Address, name: string, args: readonly unknown[]): Promise<any>;
  /** What an address has said of an agent, by the registry's events. */
  feedback(agentId: bigint, by: Address): Promise<any[]>;
  stop(): Promise<void>;
}

/**
 * Starts anvil. A block comes every `blockSeconds`; 0: with each transaction. A block is final once two have followed.
 */
export async function startAnvil({ blockSeconds = 0 } = {}): Promise<RunningAnvil> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const pace = blockSeconds === 0 ? [] : ["--block-time", `${blockSeconds}`];
  const args = [
    "--port",
    `${port}`,
    "--chain-id",
    `${CHAIN_ID}`,
    "--slots-in-an-epoch",
    "1",
    "--accounts",
    "1",
    ...pace,
  ];
  const child = Bun.spawn([binary, ...args], { stdin: "ignore", stdout: "ignore", stderr: "ignore" });
  const chain = defineChain({
    id: CHAIN_ID,
    name: "anvil",
    nativeCurrency: { name: "MON", symbol: "MON", decimals: 18 },
    rpcUrls: { default: { http: [url] } },
  });
  const options = { chain, transport: http(url, { retryCount: 0 }), pollingInterval: 20, cacheTime: 0 };
  const client = createPublicClient(options);
  const test = createTestClient({ ...options, mode: "anvil" });
  await eventually("anvil answers", () =>
    client.getChainId().then(
      () => true,
      () => false,
    ),
  );
  const contracts = compileContracts();
  const byAddress = new Map<Address, Compiled>();

  const wallet = async (coins = 1_000n): Promise<Wallet> => {
    const privateKey = generatePrivateKey();
    const account = privateKeyToAccount(privateKey);
    await test.setBalance({ address: account.address, value: coins * 10n ** 18n });
    return { ...account, privateKey };
  };
  const mined = async (hash: Hex) => {
    const receipt = await client.waitForTransactionReceipt({ hash });
    if (receipt.status !== "success") throw new Error("reverted");
    return receipt;
  };
  const deployer = await wallet();
  const deploy = async (name: string, args: readonly unknown[] = []): Promise<Address> => {
    const contract = contracts[name]!;
    const by = createWalletClient({ ...options, account: deployer });
    const { contractAddress } = await mined(await by.deployContract({ ...contract, args }));
    const address = contractAddress!.toLowerCase() as Address;
    byAddress.set(address, contract);
    return address;
  };
  const matchProof = await deploy("MatchProof");
  const wager = await deploy("Wager", [matchProof]);
  const registry = await deploy("ReputationRegistry");
  return {
    url,
    public: client,
    test,
    matchProof,
    wager,
    registry,
    wallet,
    async write(account, address, functionName, args, value = 0n) {
      const { abi } = byAddress.get(address)!;
      const { request } = await client.simulateContract({ account, address, abi, functionName, args, value });
      await mined(await createWalletClient({ ...options, account }).writeContract(request));
    },
    read(address, functionName, args) {
      return client.readContract({ address, abi: byAddress.get(address)!.abi, functionName, args });
    },
    async feedback(agentId, by) {
      const { abi } = byAddress.get(registry)!;
      const filter = { address: registry, abi, eventName: "NewFeedback", args: { agentId, clientAddress: by } };
      const events = await client.getContractEvents({ ...filter, fromBlock: 0n });
      return events.map(({ args }: any) => args);
    },
    async stop() {
      child.kill();
      await child.exited;
    },
  };
}
