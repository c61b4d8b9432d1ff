import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import { createDepotSource, type DepotLimits } from '../../src/depot-api/client.ts';
import type { DepotRequest } from '../../src/depot-api/http/transport.ts';
import type { Logger } from '../../src/sync/ports/ports.ts';
import type { SourceList, SourcePage, SourceRow, Target, UserSource } from '../../src/sync/ports/source.ts';

export const EMAIL = 'admin@example.com';
export const PASSWORD = 'correct_password';

export type DepotClient = {
  readonly source: UserSource;
  /** Every log line, with its fields. */
  readonly logs: string[];
  /** The milliseconds of every wait before a retry. No wait really happens. */
  readonly waits: number[];
  /** Every finished request. */
  readonly requests: DepotRequest[];
};

export type DepotClientOptions = Partial<DepotLimits> & {
  readonly password?: string;
  /** Called at each read, for passwords that change. */
  readonly passwordOf?: () => string;
  /** Really leaves a server alone that gets too many requests, so many milliseconds. */
  readonly restMs?: number;
  /** Really waits before a retry, so many milliseconds. */
  readonly waitMs?: number;
};

/** Creates a depot source that loses no time: high limits, no jitter, no waits. */
export function depotClient(options: DepotClientOptions = {}): DepotClient {
  const { password = PASSWORD, passwordOf = () => password, waitMs = 0, restMs = 0, ...limits } = options;
  const logs: string[] = [];
  const waits: number[] = [];
  const requests: DepotRequest[] = [];
  const source = createDepotSource({
    credentialsFor: () => ({ email: EMAIL, password: passwordOf() }),
    limits: { timeoutMs: 30_000, pageSize: 100, maxConcurrent: 4, requestsPerSecond: 10_000, ...limits },
    logger: loggerInto(logs),
    report: (request) => void requests.push(request),
    pace: {
      random: () => 0,
      restMs,
      delay: async (ms) => {
        waits.push(ms);
        if (waitMs > 0) await sleep(waitMs);
      },
    },
  });
  return { source, logs, waits, requests };
}

function loggerInto(logs: string[]): Logger {
  const log = (fields: object, message: string) => {
    logs.push(`${message} ${inspect(fields, { depth: 10 })}`);
  };
  return { debug: log, info: log, warn: log, error: log };
}

/** The target Dev with this address. */
export function targetAt(baseUrl: string): Target {
  return { name: 'dev', locationId: 8, locationName: 'Dev', baseUrl };
}

export type Reading = {
  readonly pages: readonly SourcePage[];
  readonly rows: readonly SourceRow[];
  readonly totals: readonly (number | undefined)[];
  readonly list: SourceList;
};

/** Logs in and reads the whole list. Pages and rows are sorted by page number. */
export async function readDepot(
  url: string,
  client: DepotClient = depotClient(),
  order: 'asc' | 'desc' = 'asc',
): Promise<Reading> {
  const session = await client.source.open(targetAt(url), new AbortController().signal);
  const pages: SourcePage[] = [];
  const totals: (number | undefined)[] = [];
  const list = await session.read(order, async (page, total) => {
    pages.push(page);
    totals.push(total);
  });
  pages.sort((a, b) => a.page - b.page);
  return { pages, totals, list, rows: pages.flatMap((page) => page.rows) };
}
