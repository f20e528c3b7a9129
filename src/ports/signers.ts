/** A message as EIP-712 has it, fit for JSON and for `eth_signTypedData_v4`. */
export interface TypedData {
  readonly domain: {
    readonly name: string;
    readonly version: string;
    readonly chainId: number;
    readonly verifyingContract: string;
  };
  readonly types: Readonly<Record<string, readonly { readonly name: string; readonly type: string }[]>>;
  readonly primaryType: string;
  readonly message: Readonly<Record<string, string | number>>;
}

/** Who has signed a message. */
export interface Signers {
  /**
   * The address, lower case with 0x, whose key made the signature over the message; null if no key can have.
   *
   * @param signature 65 bytes in hex with 0x: r, s and v (27 or 28)
   */
  recover(message: TypedData, signature: string): Promise<string | null>;
}
