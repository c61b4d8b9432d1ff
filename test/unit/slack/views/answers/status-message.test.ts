import { describe, expect, it } from 'vitest';
import { en } from '../../../../../src/slack/text/en.ts';
import {
  pauseBlocks,
  statusMessage,
  switchText,
} from '../../../../../src/slack/views/answers/status-message.ts';
import { EVERY_TARGET, type Pause } from '../../../../../src/sync/use-cases/pause.ts';
import { ANN, aRun, completedRun, failedRun } from '../../../../support/view-fixtures.ts';
import { LINK } from '../arbitrary-admin.ts';
import { anOverview } from '../overviews.ts';
import { textOf } from '../read-payload.ts';

const linkOf = () => LINK;
const options = { linkOf };
const card = (changed: object) =>
  textOf(statusMessage(en, [anOverview(changed)], options), 'status:target:0').split('\n');
const at = (seconds: number, utc: string) => `<!date^${seconds}^{date_short_pretty} at {time}|${utc} UTC>`;

describe('runs of which nobody was told', () => {
  const lines = (more: number) => {
    const untold = { named: [{ run: failedRun({ code: 'unexpected' }), reason: 'is_archived' }], more };
    return textOf(statusMessage(en, [], { ...options, untold }), 'status:untold').split('\n');
  };

  it('are counted where they are more than are named', () => {
    expect(lines(7)).toHaveLength(3);
    expect(lines(7).at(-1)).toBe('…and 7 more');
    expect(lines(0)).toHaveLength(2);
  });
});

describe('processes that differ from the one that answers', () => {
  const lines = (differences: object) =>
    textOf(
      statusMessage(en, [], {
        ...options,
        differences: { settings: [], differing: 0, elsewhere: 0, others: 3, ...differences },
      }),
      'status:differences',
    ).split('\n');

  it('are told with the settings that differ, not with values', () => {
    const settings = Array.from({ length: 12 }, (_, n) => `SETTING_${n}`);
    expect(lines({ settings: ['SYNC_AUTO', 'SYNC_FREEZE'], differing: 1 })).toEqual([
      expect.stringMatching(/^1 other process of usersync has other settings: `SYNC_AUTO`, `SYNC_FREEZE`\. /),
    ]);
    expect(lines({ settings, differing: 2, elsewhere: 2 })).toEqual([
      expect.stringMatching(/^2 other processes of usersync have .*`SETTING_9`, …and 2 more\. /),
      expect.stringMatching(/^2 other processes of usersync use another database server/),
    ]);
  });

  it('are not mentioned where there are none', () => {
    const message = statusMessage(en, [], {
      ...options,
      differences: { settings: [], differing: 0, elsewhere: 0, others: 3 },
    });
    expect(JSON.stringify(message)).not.toContain('status:differences');
  });
});

describe('the status of a target', () => {
  it('is in the text of the message too, since a screen reader reads nothing else', () => {
    const { text } = statusMessage(en, [anOverview({ active: 1 })], options);
    expect(text).toContain('*Dev*\n1 active user, 2 inactive\nNever synced');
    const many = statusMessage(en, Array(40).fill(anOverview({ lastSync: completedRun() })), options);
    expect(many.text.length).toBeLessThan(4_000);
  });

  it('counts its users and says that it was never synced', () => {
    expect(card({ active: 1 })).toEqual(['*Dev*', '1 active user, 2 inactive', 'Never synced']);
  });

  it('says when it was synced last, by whom and what changed, and what changed since', () => {
    expect(card({ lastSync: completedRun(), changedSince: 4 })).toEqual([
      '*Dev*',
      '13 active users, 2 inactive',
      `Last sync: <${LINK}|run 12>, ${at(1793588701, '2026-11-02 03:05')}, completed by <@U0BOB> (25 added)`,
      'Since then, 4 users were changed by something other than usersync',
    ]);
  });

  it('says so where the last sync was taken back, or done again', () => {
    expect(card({ lastSync: completedRun({ takenBackBy: 13 }) })[2]).toMatch(
      /^Last sync: <.*\|run 12>, .*, completed by <@U0BOB> \(25 added\), taken back by run 13$/,
    );
    expect(card({ lastSync: completedRun({ redoneBy: 14 }) })[2]).toMatch(/, done again by run 14$/);
  });

  it('says what is in progress', () => {
    const executing = aRun({ status: 'executing', confirmedBy: ANN });
    expect(card({ working: executing }).at(-1)).toBe(
      `In progress: <${LINK}|run 12>, being executed, confirmed by <@U0ANN> (25 new)`,
    );
    expect(card({ working: aRun({ status: 'reading' }) }).at(-1)).toBe(
      `In progress: <${LINK}|run 12>, reading users`,
    );
  });

  it('tells a rollback from a sync, whether it waits or failed', () => {
    const failed = failedRun({ code: 'list_moved' }, { id: 13, reverts: 11 });
    const lines = card({ pending: aRun({ reverts: 11 }), lastFailed: failed });
    expect(lines.at(-2)).toMatch(
      /^Waiting for confirmation until .*: <.*\|run 12>, rollback of run 11, 25 new$/,
    );
    expect(lines.at(-1)).toMatch(/^Last error: <.*\|run 13>, rollback of run 11, /);
  });

  it('says so where a rollback came after the last sync', () => {
    const rolledBackSince = completedRun({ id: 15, reverts: 11 }, { add: 0, deactivate: 25 });
    expect(card({ lastSync: completedRun(), rolledBackSince })[3]).toMatch(
      /^Since then, a rollback: .*run 15.*, completed by <@U0BOB> \(25 deactivated\)$/,
    );
    const changed = card({ lastSync: completedRun(), rolledBackSince, changedSince: 4 });
    expect(changed[3]).toBe('Since then, 4 users were changed by something other than usersync');
    expect(changed[4]).toMatch(/^Since then, a rollback/);
  });

  it('shows what is waiting for confirmation, and until when', () => {
    expect(card({ pending: aRun() })).toContain(
      `Waiting for confirmation until ${at(1793590205, '2026-11-02 03:30')}: <${LINK}|run 12>, 25 new`,
    );
  });

  it('shows the last error in its first line', () => {
    const lastFailed = failedRun({ code: 'list_moved' }, { finishedAt: new Date('2026-11-02T03:00:09Z') });
    expect(card({ lastFailed })).toContain(
      `Last error: <${LINK}|run 12>, ${at(1793588409, '2026-11-02 03:00')}: The user list changed while it was read`,
    );
  });

  it('says that there are many users where they were not all counted, and nothing that follows from their number', () => {
    expect(card({ moreThan: 20_000, changedSince: 4 })).toEqual([
      '*Dev*',
      'More than 20000 users',
      'Never synced',
    ]);
  });

  it('shows what to type where it differs from the name of the location', () => {
    expect(card({ target: 'prod', locationName: 'Surabaya' })[0]).toBe('*Surabaya* (`prod`)');
    expect(card({ target: 'dev', locationName: 'DEV ' })[0]).toBe('*DEV*');
  });

  it('says what to do where the location is missing', () => {
    expect(card({ locationName: undefined })).toEqual([
      '*dev*',
      'The locations table has no single row for this target. The operator must see that it has exactly one, or correct SYNC_TARGETS.',
    ]);
  });

  it('names a run without a link where none is known', () => {
    const message = statusMessage(en, [anOverview({ pending: aRun() })], { linkOf: () => undefined });
    expect(textOf(message, 'status:target:0')).toMatch(/: run 12, 25 new$/);
  });
});

describe('/usersync status', () => {
  it('says when previews come by themselves', () => {
    const schedule = {
      cron: '0 2 * * *',
      timezone: 'Asia/Jakarta',
      next: new Date('2026-11-03T19:00:00Z'),
      targets: ['dev', 'test'],
    };
    const shown = (changed: object) =>
      textOf(statusMessage(en, [], { linkOf, schedule: { ...schedule, ...changed } }), 'status:schedule');
    expect(shown({})).toBe(
      'Scheduled previews: `0 2 * * *` (`Asia/Jakarta`) for `dev`, `test`. ' +
        `The next ones are due ${at(1793732400, '2026-11-03 19:00')}.`,
    );
    expect(shown({ next: undefined })).toMatch(/The schedule has no further time\.$/);
    const many = Array.from({ length: 23 }, (_, n) => `t${n}`);
    expect(shown({ targets: many })).toContain('`t19` and 3 more.');
    expect(textOf(statusMessage(en, [], options), 'status:schedule')).toBe(
      'No previews are scheduled (SYNC_SCHEDULE is not set).',
    );
  });

  it('begins with the targets that may need somebody, which so find space among forty', () => {
    const quiet = Array.from({ length: 36 }, (_, n) =>
      anOverview({ target: `t${n}`, locationName: `T${n}`, lastSync: completedRun() }),
    );
    const waiting = anOverview({ locationName: 'Waiting', pending: aRun() });
    const working = anOverview({ locationName: 'Working', working: aRun({ status: 'reading' }) });
    const failed = anOverview({ locationName: 'Failed', lastFailed: failedRun({ code: 'unexpected' }) });
    const gone = anOverview({ target: 'gone', locationName: undefined });
    const message = statusMessage(en, [...quiet, failed, gone, working, waiting], options);
    const cards = message.blocks.flatMap(({ block_id: id = '' }) =>
      id.startsWith('status:target:') ? [textOf(message, id).split('\n')[0]] : [],
    );
    expect(cards.slice(0, 6)).toEqual([
      '*Waiting* (`dev`)',
      '*Working* (`dev`)',
      '*Failed* (`dev`)',
      '*gone*',
      '*T0*',
      '*T1*',
    ]);
    expect(cards.length).toBeGreaterThan(25);
    expect(JSON.stringify(message.blocks).length).toBeLessThan(12_000);
  });

  it('says what to set where there is no target', () => {
    expect(textOf(statusMessage(en, [], options), 'status:none')).toContain('must set SYNC_TARGETS');
  });
});

describe('the rules that are paused', () => {
  const at = new Date('2026-11-02T03:00:00Z');
  const pauses = (...all: readonly Pause[]) => {
    const [block] = pauseBlocks(en, 'pauses', all);
    return block?.type === 'section' ? (block.text?.text ?? '').split('\n') : [];
  };

  it('are named with who or what paused them, and what resumes them', () => {
    const pause = { target: 'dev', by: ANN, at, becauseOf: undefined };
    const words = en.automatic.pause;
    const when = '<!date^1793588400^{date_short_pretty} at {time}|2026-11-02 03:00 UTC>';
    expect(
      pauses(
        pause,
        { ...pause, target: EVERY_TARGET },
        { ...pause, target: 'test', becauseOf: { why: 'failed', runId: 11 } },
        { ...pause, target: 'prod', becauseOf: { why: 'taken_back', runId: 12 } },
      ),
    ).toEqual([
      words.heading,
      `• ${words.byPerson('`dev`', '<@U0ANN>', when, '`/usersync resume dev`')}`,
      `• ${words.byPerson(words.everywhere, '<@U0ANN>', when, '`/usersync resume`')}`,
      `• ${words.failed('`test`', 11, when, '`/usersync resume test`')}`,
      `• ${words.takenBack('`prod`', 12, when, '`/usersync resume prod`')}`,
    ]);
    const many = Array.from({ length: 12 }, (_, n) => ({ ...pause, target: `dev${n}` }));
    expect(pauses(...many).at(-1)).toBe('…and 2 more');
  });

  it('are named once, though their name was paused at two locations: one command ends both', () => {
    const pause = { target: 'dev', at, becauseOf: undefined };
    const lines = pauses(
      { ...pause, locationId: 8, by: ANN },
      { ...pause, locationId: 9, by: { id: 'U2', name: 'Bo' } },
    );
    expect(lines).toEqual([en.automatic.pause.heading, expect.stringContaining('<@U2>')]);
  });
});

describe('the word that rules are paused or resumed', () => {
  const said = (outcome: 'paused' | 'resumed', holds: boolean, rules = ['dev=add:5']) =>
    switchText(en, ANN, { outcome, target: 'dev', holds }, rules);

  it('says what that means now', () => {
    expect(said('paused', true)).toBe(
      '<@U0ANN> paused the rules of `dev`. Scheduled previews wait for an admin.',
    );
    expect(said('resumed', false)).toBe(
      '<@U0ANN> resumed the rules of `dev`. They apply again from the next scheduled preview.',
    );
  });

  it('says so where the pause held at another location too', () => {
    const switched = { outcome: 'resumed', target: 'dev', holds: false, elsewhere: true } as const;
    expect(switchText(en, ANN, switched, ['old=add:5'])).toContain('rules apply there again too');
    expect(switchText(en, ANN, { ...switched, holds: true }, ['old=add:5'])).not.toContain('there again');
  });

  it('promises nothing where all targets are still paused, or where there is no rule', () => {
    expect(said('resumed', true)).toBe(
      '<@U0ANN> resumed the rules of `dev`. All targets are still paused: type `/usersync resume` to resume them.',
    );
    expect(said('resumed', false, [])).toBe(
      '<@U0ANN> resumed the rules of `dev`. There is no rule now (SYNC_AUTO is not set).',
    );
  });
});

describe('the patterns of PROTECTED_EMAILS', () => {
  const lines = (more: object) =>
    textOf(statusMessage(en, [], { ...options, ...more }), 'status:protection').split('\n');

  it('are shown with how many users each protects, as far as they are counted', () => {
    const protection = [
      { pattern: 'boss@dkm', users: 1, moreThan: undefined },
      { pattern: '*@hq.dkm', users: 1_000, moreThan: 200_000 },
      { pattern: 'bos@dkm', users: 0, moreThan: undefined },
      { pattern: 'ceo@dkm', users: 0, moreThan: 200_000 },
    ];
    expect(lines({ protection })).toEqual([
      'Never deactivated (PROTECTED_EMAILS):',
      '• `boss@dkm` protects 1 user',
      '• `*@hq.dkm` protects 1000 users or more',
      '• `bos@dkm` protects nobody: is it spelled right?',
      '• `ceo@dkm` protects none of the 200000 users that were counted',
    ]);
  });

  it('are not passed over in silence where there are more than one message shows', () => {
    const protection = [{ pattern: 'boss@dkm', users: 1, moreThan: undefined }];
    expect(lines({ protection, morePatterns: 2 }).at(-1)).toBe('…and 2 more patterns');
  });
});
