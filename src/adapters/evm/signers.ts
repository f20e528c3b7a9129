import type { Signers, TypedData } from "../../ports/signers.ts";

/** Signatures of wallets of the Ethereum kind (EIP-712, secp256k1). */
export const evmSigners: Signers = {
  async recover({ domain, types, primaryType, message }, signature) {
    // Loaded when the first signature comes: it would take a third of the whole start.
    const { hashTypedData, recoverAddress } = await import("viem/utils");
    const hash = hashTypedData({ domain, types, primaryType, message } as HashInput);
    try {
      return (await recoverAddress({ hash, signature: signature as `0x${string}` })).toLowerCase();
    } catch {
      // No key: the numbers name no point of the curve.
      return null;
    }
  },
};

/** The library wants the types spelled out in the program; here they are data. */
type HashInput = Parameters<typeof import("viem/utils").hashTypedData>[0] & TypedData;
