import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { asNoRequest, asRequest, requestFields } from '../../../src/process/logger.ts';

describe('a request', () => {
  it('has an id of its own, known to all that it starts, however they interleave', async () => {
    const work = async () => {
      const ids = [requestFields().request];
      await turn();
      await new Promise<void>((resolve) => setTimeout(resolve, 1));
      ids.push(requestFields().request);
      return ids;
    };
    const [one, two] = await Promise.all([asRequest(work), asRequest(work)]);
    expect(one[0]).toMatch(/^[0-9a-f]{12}$/);
    expect(one[1]).toBe(one[0]);
    expect(two[1]).toBe(two[0]);
    expect(two[0]).not.toBe(one[0]);
  });

  it('is none outside of one, and where the work is for everybody', () => {
    expect(requestFields()).toEqual({});
    expect(asRequest(() => asNoRequest(requestFields))).toEqual({});
  });
});
