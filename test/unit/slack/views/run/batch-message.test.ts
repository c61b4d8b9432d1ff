import { describe, expect, it } from 'vitest';
import { parseOffered } from '../../../../../src/slack/ids.ts';
import { en } from '../../../../../src/slack/text/en.ts';
import { refusalText } from '../../../../../src/slack/views/answers/refusal.ts';
import { batchAnswer, batchMessage } from '../../../../../src/slack/views/run/batch-message.ts';
import type { Run } from '../../../../../src/sync/run/run.ts';
import { aRun, BOB, completedRun, failedRun } from '../../../../support/view-fixtures.ts';
import { LINK } from '../arbitrary-admin.ts';
import { buttonsIn, textOf } from '../read-payload.ts';

const linkOf = () => LINK;
const shown = (runs: readonly Run[], link: (run: Run) => string | undefined = linkOf) =>
  batchMessage(en, { id: 3, channelId: 'C0OPS', messageTs: undefined, runs }, { linkOf: link });

const test = { target: 'test', locationName: 'Test' };

describe('the message of a /usersync all', () => {
  const message = shown([
    completedRun({ id: 11 }),
    aRun({ id: 12, ...test }, { add: 3, deactivate: 2 }),
    failedRun(
      { code: 'login_failed', reason: 'Connection timeout' },
      { id: 13, target: 'prod', locationName: 'Surabaya' },
    ),
  ]);

  it('says of every target how it stands, and links its message', () => {
    expect(textOf(message, 'batch:3:header')).toBe('Sync of All Targets');
    expect(textOf(message, 'batch:3:runs:0').split('\n')).toEqual([
      `• *Dev*: completed by <@U0BOB> (25 added) · <${LINK}|Open>`,
      `• *Test*: waiting for confirmation (3 new, 2 to deactivate) · <${LINK}|Open>`,
      `• *Surabaya* (\`prod\`): Failed to login to external API: Connection timeout · <${LINK}|Open>`,
    ]);
  });

  it('closes with what is still to be done, for notifications too', () => {
    const closing =
      '1 is waiting for confirmation in its own message. 1 failed and changed nothing. Its message says what to do.';
    expect(textOf(message, 'batch:3:closing')).toBe(closing);
    expect(message.text).toBe(`Sync of All Targets. ${closing}`);
  });

  it.each([
    [aRun({ status: 'reading' }), 'reading users', '1 is being read.'],
    [aRun({ status: 'reading', waits: true }), 'waiting its turn', '1 is waiting its turn.'],
    [
      aRun({ status: 'executing', confirmedBy: BOB }),
      'being executed, confirmed by <@U0BOB> (25 new)',
      '1 is being executed.',
    ],
    [aRun({ messageTs: undefined }), 'waiting for confirmation (25 new)', en.batch.unseen(1)],
    [aRun({ status: 'reading', messageTs: undefined }), 'reading users', '1 is being read.'],
    [aRun({ status: 'completed' }, { add: 0 }), 'all synced', 'Nothing here is waiting for anybody.'],
    [
      aRun({ status: 'cancelled', cancelledBy: BOB }),
      'cancelled by <@U0BOB>',
      'Nothing here is waiting for anybody.',
    ],
    [
      aRun({ status: 'expired' }),
      'expired, because it was not confirmed in time',
      'Nothing here is waiting for anybody.',
    ],
    [aRun({ status: 'superseded' }), 'replaced by a newer preview', 'Nothing here is waiting for anybody.'],
  ])('says how a run stands (%#)', (run, words, closing) => {
    expect(textOf(shown([run]), 'batch:3:runs:0')).toBe(`• *Dev*: ${words} · <${LINK}|Open>`);
    expect(textOf(shown([run]), 'batch:3:closing')).toBe(closing);
  });

  it('speaks of one preview as of one, before and after', () => {
    const [button] = buttonsIn(shown([aRun()]));
    expect(JSON.stringify(button)).toMatch(
      /1 preview deactivates nobody: 25 new\. It is executed by the same rules/,
    );
    const lease = { runId: 12, owner: 'this process', attempt: 1 };
    const claimed = { outcome: 'claimed', run: aRun(), lease } as const;
    const refused = { outcome: 'refused', refusal: { code: 'break_glass_off' } } as const;
    const answer = (...all: (typeof claimed | typeof refused)[]) =>
      batchAnswer(
        en,
        all.map((confirmation) => ({ run: aRun(), confirmation })),
        { notes: [], notReached: 0 },
      ).split('\n')[0];
    expect(answer(claimed)).toBe('1 preview is being executed. Its result appears in its thread.');
    expect(answer(claimed, refused)).toBe(
      '1 of 2 previews is being executed. Its result appears in its thread.',
    );
    expect(answer(claimed, claimed)).toBe(
      '2 previews are being executed. The result of each appears in its thread.',
    );
  });

  it('says of each preview that was not executed why, and how many were not reached', () => {
    const refused = { outcome: 'refused', refusal: { code: 'break_glass_off' } } as const;
    const approved = { outcome: 'approved', run: aRun(test), people: 1, needed: 2 } as const;
    const looked = [
      { run: aRun(), confirmation: refused },
      { run: undefined, confirmation: refused },
      { run: aRun(test), confirmation: approved },
    ];
    const why = refusalText(en, refused.refusal);
    expect(batchAnswer(en, looked, { notes: [], notReached: 4 }).split('\n')).toEqual([
      'Your click executed no preview.',
      `• *Dev*: ${why}`,
      `• ${why}`,
      '• *Test*: your approval counts, 1 of 2. More admins must confirm it.',
      "4 previews were not checked, because something went wrong. Check each run's message before you press again.",
    ]);
    expect(batchAnswer(en, looked.slice(0, 1), { notes: [], notReached: 0 }).split('\n')).toHaveLength(2);
  });

  it('tells first of those that somebody has to do something about, where not all find room', () => {
    const synced = Array.from({ length: 400 }, (_, n) =>
      completedRun({ id: n + 1, target: `t${n}`, locationName: `Depot ${n}` }, { add: 0 }),
    );
    const late = [
      aRun({ id: 501, status: 'reading', waits: true, locationName: 'Waits' }),
      aRun({ id: 502, status: 'reading', locationName: 'Reads' }),
      aRun({ id: 503, locationName: 'Ready' }),
      failedRun({ code: 'list_moved' }, { id: 504, locationName: 'Failed' }),
    ];
    const message = shown([...synced, ...late]);
    const lines = textOf(message, 'batch:3:runs:0').split('\n');
    const places = lines.slice(0, 5).map((line) => line.match(/\*(.*)\*/)?.[1]);
    expect(places).toEqual(['Failed', 'Ready', 'Reads', 'Waits', 'Depot 0']);
    expect(textOf(message, 'batch:3:more')).toMatch(/^…and \d+ more\. Each has a message of its own/);
    expect(textOf(message, 'batch:3:closing')).toMatch(/^1 is waiting its turn\. 1 is being read/);
  });

  it('cuts a long reason, which the message of the run has whole', () => {
    const run = failedRun({ code: 'fetch_failed', reason: 'x'.repeat(500) });
    expect(textOf(shown([run]), 'batch:3:runs:0')).toContain(`API: ${'x'.repeat(149)}…`);
  });

  it.each([undefined, 'javascript:alert(1)', 'https://x.test|here>', 'https://x.test/ <!channel>'])(
    'links nothing where the address is %j',
    (address) => {
      expect(
        textOf(
          shown([aRun()], () => address),
          'batch:3:runs:0',
        ),
      ).toBe('• *Dev*: waiting for confirmation (25 new)');
    },
  );

  it('has one button for all that deactivate nobody, and says how many they are and what they change', () => {
    const runs = [
      aRun({ id: 11 }, { add: 20, reactivate: 3 }),
      aRun({ id: 12, ...test }, { add: 3, deactivate: 1 }),
      aRun({ id: 13, target: 'prod' }, { add: 4 }),
      aRun({ id: 14, status: 'reading' }),
      completedRun({ id: 15 }),
      failedRun({ code: 'list_moved' }, { id: 16 }),
    ];
    const [button] = buttonsIn(shown(runs));
    expect(button).toMatchObject({
      action_id: 'confirm_batch',
      value: '3:11,13',
      confirm: {
        title: { text: 'Confirm 2 Previews?' },
        text: {
          text: expect.stringMatching(/^2 previews deactivate nobody: 24 new, 3 to reactivate in all\./),
        },
      },
    });
  });

  it.each([
    ['deactivates somebody', aRun({}, { deactivate: 1 })],
    ['is being read', aRun({ status: 'reading' })],
    ['is being executed', aRun({ status: 'executing', confirmedBy: BOB })],
    ['is completed', completedRun()],
    ['is cancelled', aRun({ status: 'cancelled' })],
    ['has expired', aRun({ status: 'expired' })],
    ['was replaced', aRun({ status: 'superseded' })],
    ['has a message that Slack has not taken yet', aRun({ messageTs: undefined })],
  ])('has no such button where its only run %s', (_, run) => {
    expect(buttonsIn(shown([run]))).toEqual([]);
  });

  it('offers as many as the value of a button holds', () => {
    const runs = Array.from({ length: 400 }, (_, n) => aRun({ id: 4_294_967_000 - n }));
    const [button] = buttonsIn(shown(runs));
    expect(button?.value?.length).toBeLessThan(2_000);
    expect(parseOffered(button?.value)?.runIds).toHaveLength(150);
  });

  it('says so where no target could be previewed', () => {
    expect(shown([]).blocks.map(({ block_id }) => block_id)).toEqual(['batch:3:header', 'batch:3:closing']);
    expect(shown([]).text).toContain('There is no preview');
  });
});
