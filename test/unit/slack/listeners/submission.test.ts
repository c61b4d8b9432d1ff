import { describe, expect, it } from 'vitest';
import { boltLogger, createLogger } from '../../../../src/process/logger.ts';
import { createSlackClient } from '../../../../src/slack/connect/client.ts';
import { DIRECT } from '../../../../src/slack/connect/network.ts';
import type { Enter } from '../../../../src/slack/listeners/door/entrance.ts';
import {
  aboutRun,
  type Form,
  type Submitter,
  submitted,
} from '../../../../src/slack/listeners/door/submission.ts';
import { answering } from '../../../../src/slack/tell/answer.ts';
import { en } from '../../../../src/slack/text/en.ts';
import { DatabaseLostError } from '../../../../src/sync/failures/errors.ts';
import type { AuditEntry } from '../../../../src/sync/ports/steps.ts';

const logged: string[] = [];
const logger = createLogger('warn', { destination: { write: (line) => void logged.push(line) } });
const SUBMITTED = { user: { id: 'U0ADMIN001' }, view: { id: 'V1', callback_id: 'form' }, trigger_id: '1.2' };

const STAYS_OPEN = { errorsAt: 'emails', typed: (input: string) => `You typed: ${input}` };

/** What the admin is told beside a modal that was submitted, where the socket has closed and takes no answer. */
const toldWithoutSocket = (serve: (admitted: Submitter) => Promise<void>, staysOpen?: typeof STAYS_OPEN) =>
  toldOf({
    read: () => 'anna@dkm',
    staysOpen,
    about: async () => ({ channelId: 'C0DEVSUP01', serve }),
  });

async function toldOf<Input>(form: Form<Input>): Promise<string[]> {
  const told: string[] = [];
  const fetch: typeof DIRECT.fetch = async (_, sent) => {
    told.push(String(new URLSearchParams(String(sent?.body)).get('text')));
    return Response.json({ ok: true });
  };
  const client = createSlackClient({
    apiUrl: 'http://slack.invalid/api/',
    botToken: 'xoxb-1',
    logger: boltLogger(logger),
    network: { ...DIRECT, fetch },
  });
  const enter: Enter = ({ read, beside, trouble, serve: served }) =>
    answering({ t: en, logger }, trouble ?? beside, async () => {
      const actor = { id: SUBMITTED.user.id, name: 'Ayu' };
      await served(read(), { actor, t: en, tell: beside, beside, modal: undefined, inGroup: false });
    });
  const listener = submitted({ client, logger, telling: { showing: { t: en } } }, enter, form);
  await listener(() => Promise.reject(new Error('no active connection')), SUBMITTED);
  return told;
}

it('a modal whose socket closes before it is served is not served: it stays open, and can be submitted again', async () => {
  let served = false;
  await toldWithoutSocket(async () => {
    served = true;
  });
  expect(served).toBe(false);
  expect(logged.join('')).toContain('no active connection');
});

it('a modal whose run the database does not give at that moment says so, returns the input, and is no refusal', async () => {
  const audited: AuditEntry[] = [];
  const records = {
    runs: { find: () => Promise.reject(new DatabaseLostError({ cause: undefined, why: 'busy' })) },
    audit: { append: async (entry: AuditEntry) => void audited.push(entry), newestOf: async () => undefined },
  };
  const form = aboutRun(
    { records },
    {
      read: () => ({ runId: 12 }),
      staysOpen: { errorsAt: 'emails', typed: () => 'You typed: anna@dkm' },
      serve: async () => {},
    },
  );
  expect(await toldOf(form)).toEqual([`${en.trouble.databaseBusy} You typed: anna@dkm`]);
  expect(audited).toEqual([]);
});

describe('a modal that stays open until it is served, if the socket closes meanwhile', () => {
  it('tells nobody of trouble once the step is done', async () => {
    expect(await toldWithoutSocket(async ({ close }) => void (await close()), STAYS_OPEN)).toEqual([]);
  });

  it('tells beside it why the step was refused', async () => {
    const told = await toldWithoutSocket(
      async ({ tell }) => void (await tell('The plan has expired.')),
      STAYS_OPEN,
    );
    expect(told).toEqual(['The plan has expired.']);
  });

  it('says that a mistake cannot be shown in it', async () => {
    let shown: boolean | undefined;
    const told = await toldWithoutSocket(async ({ keepOpen }) => {
      shown = await keepOpen({ emails: 'Nobody of this name' });
    }, STAYS_OPEN);
    expect([shown, told]).toEqual([false, []]);
  });
});
