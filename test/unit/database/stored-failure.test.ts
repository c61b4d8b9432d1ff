import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toFailure } from '../../../src/database/runs/stored-failure.ts';
import { FAILURE_CODES } from '../../../src/sync/failures/codes.ts';
import { FAILURES } from '../slack/views/arbitrary-run.ts';

describe('a stored failure', () => {
  it.each(FAILURE_CODES)('%s is read back as it was written', (code) => {
    fc.assert(
      fc.property(FAILURES[code], (failure) => {
        expect(toFailure(JSON.stringify(failure))).toEqual(failure);
      }),
      { numRuns: 20 },
    );
  });

  it('of an older version, which did not say that the login was refused, is read too', () => {
    const older = { code: 'login_failed', reason: 'Unauthorized' };
    expect(toFailure(JSON.stringify(older))).toEqual(older);
  });

  it.each([
    { code: 'of_tomorrow' },
    { code: 'on_page', page: 3, why: { code: 'of_tomorrow' } },
    { code: 'on_page', page: 'three', why: { code: 'html' } },
    'a sentence',
    null,
  ])('keeps the phrase of a reason that this version cannot read: %j', (why) => {
    const stored = { code: 'fetch_failed', reason: 'Connection refused on page 2', why };
    expect(toFailure(JSON.stringify(stored))).toEqual({ ...stored, why: undefined });
  });

  it.each(['{"code":"of_tomorrow"}', '{"code":"list_longer","page":"three","users":1}', 'null', 'no JSON'])(
    'that this version does not know is unexpected: %s',
    (stored) => {
      expect(toFailure(stored)).toEqual({ code: 'unexpected' });
    },
  );
});
