import { syncBuiltinESMExports } from 'node:module';
import nock from 'nock';
import { afterEach, beforeEach } from 'vitest';

/**
 * Has nock answer the HTTP requests of each test of the file or block, and gives `node:http` back after each: the next file of the
 * worker must find it as it is.
 */
export function useNock(): void {
  beforeEach(() => {
    if (!nock.isActive()) nock.activate();
  });
  afterEach(() => {
    nock.cleanAll();
    giveBack();
  });
}

function giveBack(): void {
  nock.restore();
  // `import { request } from 'node:http'` still has nock's function until then.
  syncBuiltinESMExports();
}

// nock begins as soon as it is imported.
giveBack();
