import { createMemoryAudit } from "../../src/adapters/memory/audit.ts";
import { auditRecordsContract } from "./audit-records.ts";

auditRecordsContract("memory", async () => ({ audit: createMemoryAudit(), close: async () => undefined }));
