import { describe, expect, it } from 'vitest';
import { createSwitch, type Pauses } from '../../../../src/sync/use-cases/pause.ts';

describe('a resume', () => {
  it('fails before anything is changed where the pauses cannot be read, so that the answer to the person is true', async () => {
    let resumed = false;
    const pauses: Pauses = {
      all: () => Promise.reject(new Error('the database is away')),
      pause: async () => 'paused',
      resume: async () => {
        resumed = true;
        return [{ target: 'dev', locationId: 8 }];
      },
    };
    const locations = { findAll: async () => new Map() };
    const audit = { append: async () => {}, newestOf: async () => undefined };
    const actor = { id: 'U1', name: 'ayu' };
    const { resume } = createSwitch({ pauses, locations, audit });
    await expect(resume({ actor, target: 'dev' })).rejects.toThrow('away');
    expect(resumed).toBe(false);
  });
});
