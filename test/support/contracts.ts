import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import solc from "solc";

const folder = resolve(import.meta.dir, "../../contracts");
const files = ["MatchProof.sol", "Wager.sol", "ReputationRegistry.sol"];

export interface Compiled {
  readonly abi: readonly any[];
  readonly bytecode: `0x${string}`;
}

/** Compiles our contracts, by name. */
export function compileContracts(): Readonly<Record<string, Compiled>> {
  const sources = Object.fromEntries(
    files.map((file) => [file, { content: readFileSync(join(folder, file), "utf8") }]),
  );
  const outputSelection = { "*": { "*": ["abi", "evm.bytecode.object"] } };
  const settings = { optimizer: { enabled: true }, outputSelection };
  const output = JSON.parse(solc.compile(JSON.stringify({ language: "Solidity", sources, settings })));
  const faults = (output.errors ?? []).map(({ formattedMessage }: any) => formattedMessage);
  if (faults.length > 0) throw new Error(faults.join("\n"));
  return Object.fromEntries(
    Object.values<any>(output.contracts).flatMap((contracts) =>
      Object.entries<any>(contracts).map(([name, { abi, evm }]) => [
        name,
        { abi, bytecode: `0x${evm.bytecode.object}` as const },
      ]),
    ),
  );
}
