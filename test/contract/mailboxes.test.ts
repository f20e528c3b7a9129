import { createMemoryMailboxes } from "../../src/adapters/memory/mailboxes.ts";
import { mailboxesContract } from "./mailboxes.ts";

mailboxesContract("memory", (clock) => createMemoryMailboxes(clock));
