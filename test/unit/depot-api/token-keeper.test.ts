import { describe, expect, it } from 'vitest';
import { createTokenKeeper } from '../../../src/depot-api/tokens.ts';

describe('the token of a session', () => {
  it('is not renewed for a request that was sent before the last renewal', async () => {
    let logins = 0;
    const keeper = createTokenKeeper('first', async () => {
      logins += 1;
      return `renewed ${logins}`;
    });
    const old = keeper.current();
    await keeper.renew(old);
    expect(await keeper.renew(old)).toEqual({ value: 'renewed 1' });
    expect(keeper.current()).toEqual({ value: 'renewed 1' });
  });

  it('counts as new even where the server sends the same text again', async () => {
    let logins = 0;
    const keeper = createTokenKeeper('same', async () => {
      logins += 1;
      return 'same';
    });
    const old = keeper.current();
    await Promise.all([keeper.renew(old), keeper.renew(old)]);
    await keeper.renew(old);
    expect(logins).toBe(1);
  });

  it('may be asked for again after a login that failed', async () => {
    let logins = 0;
    const keeper = createTokenKeeper('first', async () => {
      logins += 1;
      if (logins === 1) throw new Error('refused');
      return 'second';
    });
    await expect(keeper.renew(keeper.current())).rejects.toThrow('refused');
    expect(await keeper.renew(keeper.current())).toEqual({ value: 'second' });
  });
});
