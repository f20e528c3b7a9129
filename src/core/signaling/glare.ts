/**
 * Who gives way when two peers have sent each other an offer at once ("glare"): the one whose id comes first, compared
 * by UTF-16 code units. Every peer of a pair gets the opposite answer, whichever of them asks, so that exactly one offer
 * stands.
 *
 * @returns true if `me` is the polite one of perfect negotiation (W3C WebRTC, 10.7) towards `other`
 */
export function isPolite(me: string, other: string): boolean {
  return me < other;
}
