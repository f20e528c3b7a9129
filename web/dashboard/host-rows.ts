import type { HostCount } from "../../src/faces/operator/wire.ts";
import { listHref } from "./address.ts";
import { number } from "./format.ts";
import type { Row } from "./table.ts";

/** Rows of a panel; its list has the rest. */
export const MOST_ROWS = 12;

export function statesOf(hosts: readonly HostCount[]): readonly string[] {
  return [...new Set(hosts.map(({ state }) => state))].sort();
}

/** One for each region of a face, with a cell for each state. */
export function hostRows(hosts: readonly HostCount[]): readonly Row[] {
  const states = statesOf(hosts);
  const groups = [...Map.groupBy(hosts, ({ face, region }) => JSON.stringify([face, region]))];
  const size = (group: readonly HostCount[]): number => group.reduce((total, { count }) => total + count, 0);
  // Those with most hosts, and by name, so that a host which comes or goes moves no row.
  const bySize = groups.toSorted(([, one], [, other]) => size(other) - size(one));
  const most = bySize.slice(0, MOST_ROWS).toSorted(([one], [other]) => one.localeCompare(other));
  return [...most, ...bySize.slice(MOST_ROWS)].map(([key, group]) => {
    const { face, region } = group[0]!;
    return {
      key,
      cells: [
        { text: face },
        region === null ? { text: "all" } : { text: region, href: listHref("hosts", { region }) },
        ...states.map((state) => {
          const found = group.find((one) => one.state === state)?.count ?? 0;
          return found === 0
            ? { text: "0" }
            : { text: number(found), href: listHref("hosts", region === null ? { state } : { state, region }) };
        }),
      ],
    };
  });
}
