import type { Clock } from "../../ports/clock.ts";
import type { MatchRecord, MatchRecords, MatchStep, MatchView, SignatureRecord } from "../../ports/match-records.ts";
import type { Signers, TypedData } from "../../ports/signers.ts";
import { DomainError } from "../errors/errors.ts";
import { isId } from "../matches/ids.ts";
import { areStrangers } from "../matches/players.ts";
import { ratingStep } from "../ratings/elo.ts";
import { decided, typedDataOf, type MatchProof } from "./match-proof.ts";
import { addressOf, hasCapitalPrefix, readSignature, walletName } from "./signature.ts";

/** Signatures a match has at most. */
const BOTH = 2;

export interface SignaturesOptions {
  readonly matches: MatchRecords;
  readonly clock: Clock;
  readonly proof: MatchProof;
  /** Null: signatures are kept unchecked, for players without wallets. */
  readonly signers: Signers | null;
  /** True: new ratings are to be posted on the chain. */
  readonly postsRatings?: boolean;
}

/** The signatures of a match, and whether a MatchProof contract would take them. */
export interface Signed {
  readonly signatures: readonly SignatureRecord[];
  readonly ready: boolean;
}

/** Signatures of both sides under the result of a match. */
export class Signatures {
  readonly #options: SignaturesOptions;

  constructor(options: SignaturesOptions) {
    this.#options = options;
  }

  /**
   * What a wallet is to sign.
   *
   * @throws {DomainError} match_not_found, signature_refused
   */
  async typedData(id: string): Promise<TypedData> {
    return typedDataOf(await this.#match(id), this.#options.proof);
  }

  /**
   * Takes a signature of one side. A side that has signed already stays with what it signed first.
   *
   * @throws {DomainError} match_not_found, signature_refused
   */
  async submit(id: string, address: string, signature: string): Promise<Signed> {
    const { clock, signers, matches, postsRatings = false } = this.#options;
    // The result of a match that has one never changes, so what was checked here still holds in the step.
    const match = await this.#match(id);
    decided(match);
    const signer = signers === null ? nameOf(address) : await this.#check(signers, match, address, signature);
    const createdAt = clock.now();
    const view = await matches.change(id, (now): MatchStep | null => {
      if (now.signatures.some((one) => nameOf(one.address) === signer)) return null;
      if (now.signatures.length >= BOTH) throw refusal("Both sides have signed already.");
      if (signers === null && !hasPlace(now, signer)) throw refusal("The address is not a wallet of a participant.");
      const added = { address, signature, createdAt, signer };
      const becomesReady = this.#isReady({ ...now, signatures: [...now.signatures, added] });
      // Unchecked signatures rate nobody: there the match has counted since it was over.
      const rates = becomesReady && signers !== null;
      const rating = rates ? ratingStep(now.match, now.match.result!.winner, createdAt, postsRatings) : {};
      return { signature: added, ...rating };
    });
    if (view === null) throw new DomainError("match_not_found");
    return this.#signed(view);
  }

  /** @throws {DomainError} match_not_found */
  async list(id: string): Promise<Signed> {
    const match = await this.#match(id);
    return this.#signed({ match, signatures: await this.#options.matches.signatures(id) });
  }

  /** Whose signature it is. @throws {DomainError} signature_refused, with the reason */
  async #check(signers: Signers, match: MatchRecord, address: string, text: string): Promise<string> {
    if (hasCapitalPrefix(address)) throw refusal("The address is malformed: its prefix is 0X, not 0x.");
    const wallet = addressOf(address);
    if (wallet === null) throw refusal("The address is malformed: it is not 20 bytes of hexadecimal.");
    const message = typedDataOf(match, this.#options.proof);
    const { winner, loser } = message.message;
    if (wallet !== winner && wallet !== loser) throw refusal("The address is not a wallet of a participant.");
    const read = readSignature(text);
    if ("fault" in read) throw refusal(`The signature is malformed: ${read.fault}.`);
    const signer = await signers.recover(message, read.signature);
    if (signer !== wallet) throw refusal("The signature is not one of this address under this match's result.");
    return wallet;
  }

  #signed({ match, signatures }: MatchView): Signed {
    return { signatures, ready: this.#isReady({ match, signatures }) };
  }

  #isReady({ match, signatures }: MatchView): boolean {
    return signatures.length >= BOTH && match.result !== null && match.result.winner !== null && areStrangers(match);
  }

  async #match(id: string): Promise<MatchRecord> {
    const match = isId(id) ? await this.#options.matches.find(id) : null;
    if (match === null) throw new DomainError("match_not_found");
    return match;
  }
}

/** What tells signers apart, however their addresses are written. */
function nameOf(address: string): string {
  return walletName(address) ?? "";
}

/**
 * True if an unchecked signature may still take a place: that of the side whose wallet it names, or else that of a side
 * that has named none. Nobody can then take the place of a wallet that is known.
 */
function hasPlace({ match: { p1, p2 }, signatures }: MatchView, signer: string): boolean {
  const wallets = [p1, p2].map(({ wallet }) => walletName(wallet ?? ""));
  if (wallets.includes(signer)) return true;
  const free = wallets.filter((wallet) => wallet === null).length;
  return signatures.filter(({ address }) => !wallets.includes(nameOf(address))).length < free;
}

function refusal(why: string): DomainError {
  return new DomainError("signature_refused", why);
}
