import { describe, expect, it } from 'vitest';
import { showSoon } from '../../../../src/slack/tell/announcer.ts';
import { en } from '../../../../src/slack/text/en.ts';
import { DatabaseLostError } from '../../../../src/sync/failures/errors.ts';
import { aRun } from '../../../support/view-fixtures.ts';

describe('a step that was stored', () => {
  const toldAfter = async (owed: () => Promise<'nothing'>) => {
    const told: string[] = [];
    const tell = async (text: string) => told.push(text);
    const services = { telling: { delivery: { settle: async () => {} } }, records: { outbox: { owed } } };
    await showSoon(services, aRun(), { t: en, tell });
    return told;
  };

  it('does not fail where the database is lost before its message is seen to be current', async () => {
    expect(await toldAfter(() => Promise.reject(new DatabaseLostError({ cause: undefined })))).toEqual([]);
  });

  it('does not hide a fault of the bot', async () => {
    await expect(toldAfter(() => Promise.reject(new TypeError('a fault')))).rejects.toThrow('a fault');
  });
});
