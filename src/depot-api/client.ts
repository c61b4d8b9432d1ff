import { setTimeout } from 'node:timers/promises';
import type { Logger, Tunnel } from '../sync/ports/ports.ts';
import type { UserSource } from '../sync/ports/source.ts';
import type { Pace } from './http/attempts.ts';
import { parseBaseUrl } from './http/base-url.ts';
import { createHttp } from './http/http.ts';
import { createLimiters } from './http/limiter.ts';
import type { SharedRates } from './http/shared-rates.ts';
import { type ReportRequest, reporting, type Transport } from './http/transport.ts';
import type { Rates } from './http/window.ts';
import { createKeptTokens } from './kept-tokens.ts';
import type { Credentials } from './login.ts';
import { type LastRead, openSession, type PageLimits } from './session.ts';

/** `timeoutMs` is for a whole login and for each request of a page; rates are per depot server. */
export type DepotLimits = Rates & PageLimits & { readonly timeoutMs: number };

export type DepotSourceParts = Partial<Pace> & {
  readonly credentialsFor: (targetName: string) => Credentials;
  readonly limits: DepotLimits;
  readonly logger: Logger;
  /** Told of each request that is over. */
  readonly report: ReportRequest;
  /** Where several processes keep the rates together. */
  readonly shared?: SharedRates | undefined;
  readonly tunnel?: Tunnel | undefined;
};

/**
 * The user source that reads depot servers (contract, section 1). One per process: it holds the connections,
 * the limiters and the tokens. What it throws and logs is free of passwords and tokens.
 */
export function createDepotSource(parts: DepotSourceParts): UserSource {
  const { credentialsFor, limits, logger, report, random = Math.random, delay = wait } = parts;
  const http = createHttp(parts.tunnel);
  const limiterFor = createLimiters(limits, parts.shared);
  const accountOf = createKeptTokens();
  const lastReads = new Map<string, LastRead>();
  return {
    open: async (target, signal) => {
      const base = parseBaseUrl(target.baseUrl, target.locationName);
      const transport: Transport = {
        base,
        targetName: target.name,
        http: reporting(http, target.name, report),
        limiter: limiterFor(base.origin),
        pace: { random, delay },
        logger,
        timeoutMs: limits.timeoutMs,
      };
      const credentials = credentialsFor(target.name);
      const account = accountOf(base.href, target.name, credentials);
      const lastRead = lastReads.get(base.href) ?? { pages: undefined, end: undefined };
      lastReads.set(base.href, lastRead);
      return openSession(transport, { credentials, account, lastRead }, limits, signal);
    },
  };
}

function wait(ms: number, signal: AbortSignal): Promise<void> {
  return setTimeout(ms, undefined, { signal });
}
