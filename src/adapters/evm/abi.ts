/** The parts of contracts that are used, as their documents name them. */

export const giveFeedback = {
  type: "function",
  name: "giveFeedback",
  stateMutability: "nonpayable",
  inputs: [
    { name: "agentId", type: "uint256" },
    { name: "value", type: "int128" },
    { name: "valueDecimals", type: "uint8" },
    { name: "tag1", type: "string" },
    { name: "tag2", type: "string" },
    { name: "endpoint", type: "string" },
    { name: "feedbackURI", type: "string" },
    { name: "feedbackHash", type: "bytes32" },
  ],
  outputs: [],
} as const;

export const newFeedback = {
  type: "event",
  name: "NewFeedback",
  inputs: [
    { name: "agentId", type: "uint256", indexed: true },
    { name: "clientAddress", type: "address", indexed: true },
    { name: "feedbackIndex", type: "uint64" },
    { name: "value", type: "int128" },
    { name: "valueDecimals", type: "uint8" },
    { name: "indexedTag1", type: "string", indexed: true },
    { name: "tag1", type: "string" },
    { name: "tag2", type: "string" },
    { name: "endpoint", type: "string" },
    { name: "feedbackURI", type: "string" },
    { name: "feedbackHash", type: "bytes32" },
  ],
} as const;

export const wagerSettled = {
  type: "event",
  name: "WagerSettled",
  inputs: [
    { name: "wagerId", type: "uint256", indexed: true },
    { name: "matchId", type: "bytes32", indexed: true },
    { name: "winner", type: "address", indexed: true },
    { name: "payout", type: "uint256" },
  ],
} as const;

/** What `require` and `revert` with a text come out as. */
export const errorWithText = { type: "error", name: "Error", inputs: [{ name: "text", type: "string" }] } as const;
