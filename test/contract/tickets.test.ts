import { systemRandom } from "../../src/adapters/system/random.ts";
import { createMemoryTickets } from "../../src/adapters/memory/tickets.ts";
import { ticketsContract } from "./tickets.ts";

ticketsContract("memory", (clock) => createMemoryTickets({ clock, random: systemRandom }));
