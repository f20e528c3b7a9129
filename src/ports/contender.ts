/** What a player says of itself when it joins. */
export interface Contender {
  /** What opponents in the game know it by. */
  readonly connectCode: string;
  readonly fighterName: string | null;
  /** As it was given. */
  readonly wallet: string | null;
  readonly agentId: bigint | null;
}
