import { weighted } from "./chance.ts";
import type { Dice } from "./game/dice.ts";

type Words = readonly [string, ...string[]];

function words(text: string, between = " "): Words {
  return text.split(between) as unknown as Words;
}

const FIRST = words(
  "Ada Amir Bianca Carlos Chioma Dana Elif Emeka Femke Goran Hana Ines Ivan Jonas Kaito Leila Lucía Mateo Mei Nadia " +
    "Noor Olga Pablo Priya Rahul Rosa Sven Tariq Uma Viktor Wanjiru Yara Yusuf Zofia",
);

const LAST = words(
  "Abe Bauer Castro Dias Eze Fischer Gruber Haddad Ito Jansen Kaya Kovač Lund Mensah Moreau Nguyen Novak Okafor Patel " +
    "Quist Ricci Sato Silva Tanaka Vega Weber Yilmaz Zhang",
);

export interface Region {
  readonly name: string;
  /** How many live there, against the others. */
  readonly weight: number;
}

export const regions: readonly [Region, ...Region[]] = [
  { name: "eu-central", weight: 5 },
  { name: "eu-west", weight: 3 },
  { name: "us-east", weight: 4 },
  { name: "us-west", weight: 2 },
  { name: "ap-northeast", weight: 2 },
  { name: "sa-east", weight: 1 },
];

export function regionOf(dice: Dice): string {
  return weighted(dice, regions, ({ weight }) => weight).name;
}

export const machines: Words = ["RTX 4070, 32 GB", "RTX 3060, 16 GB", "RX 7800 XT, 32 GB", "RTX 4090, 64 GB"];

export const zones: Words = ["harbour", "old-town", "catacombs", "high-moor", "glass-desert"];

export const kinds: Words = ["laptop", "phone", "desktop", "tablet"];

export const remarks = words(
  "hi! | hello, where are you from? | can you hear me? | nice guitar | it is raining here | what do you do? | haha | " +
    "one moment | sorry, bad connection | good night then | have you been there? | me too",
  " | ",
);

export interface Name {
  readonly first: string;
  readonly last: string;
}

export function personName(dice: Dice): Name {
  return { first: dice.pick(FIRST), last: dice.pick(LAST) };
}

/** As it stands in an address: without accents. */
export function plain(text: string): string {
  return text
    .normalize("NFD")
    .replaceAll(/[^A-Za-z]/g, "")
    .toLowerCase();
}
