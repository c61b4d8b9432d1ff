import { z } from 'zod';
import type { AuditFacts } from '../../sync/ports/audit.ts';
import { EFFECTIVE_ACTIONS } from '../../sync/run/change.ts';

const runId = z.number().int();
const stored: z.ZodType<AuditFacts> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('rollback'), ofRunId: runId }),
  z.object({ kind: z.literal('superseded'), byRunId: runId }),
  z.object({
    kind: z.literal('adjusted'),
    ofRunId: runId,
    omission: z.object({ emails: z.array(z.string()), actions: z.array(z.enum(EFFECTIVE_ACTIONS)) }),
  }),
]);

/** The facts of an audit row. Undefined if the row has none, or facts that this version does not know. */
export function toFacts(text: string | null): AuditFacts | undefined {
  if (text === null) return undefined;
  try {
    return stored.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
