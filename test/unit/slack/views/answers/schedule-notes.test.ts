import { describe, expect, it } from 'vitest';
import { remindersIn } from '../../../../../src/slack/ids.ts';
import { en } from '../../../../../src/slack/text/en.ts';
import { textsFor } from '../../../../../src/slack/text/language.ts';
import {
  callMessage,
  keyedMessage,
  quietLine,
  reminderText,
  unmadeText,
} from '../../../../../src/slack/views/answers/automation.ts';
import { runState } from '../../../../../src/slack/views/run/run-state.ts';
import { type Run, SYSTEM } from '../../../../../src/sync/run/run.ts';
import { aRun } from '../../../../support/view-fixtures.ts';

describe('a call', () => {
  it('mentions as many people as a message holds, and counts the others', () => {
    const notify = Array.from({ length: 97 }, (_, n) => `U0${n}`);
    const { text } = callMessage(en, aRun(), 'guard', { notify, noticeId: 1 });
    expect(text).toMatch(/<@U089> and 7 more: the guard/);
    expect(callMessage(en, aRun(), 'guard', { notify: ['U0A', 'U0B'], noticeId: 1 }).text).toMatch(
      /^<@U0A>, <@U0B>: the guard/,
    );
  });

  it('mentions whoever asked for a preview only before it expires, and no schedule', () => {
    const text = (run: Run) => callMessage(en, run, 'expiring', { notify: ['U0A'], noticeId: 1 }).text;
    expect(text(aRun())).toMatch(/^<@U0ANN>, <@U0A>: the preview of Dev is still waiting/);
    expect(text(aRun({ requestedBy: SYSTEM }))).toMatch(/^<@U0A>: the preview/);
  });

  it('names the deployment and the run where it stands outside the thread of the run', () => {
    const t = textsFor(undefined, 'en', { command: '/usersync', label: 'staging' });
    const call = { notify: ['U0A'], noticeId: 1 };
    const { text } = callMessage(t, aRun(), 'guard', { ...call, linkOf: () => 'https://slack.test/run' });
    expect(text).toMatch(/^\[staging\] <@U0A>: the guard .* <https:\/\/slack\.test\/run\|run \d+>$/);
    expect(callMessage(t, aRun(), 'guard', call).text).not.toMatch(/staging|run \d/);
  });

  it('says why a rule did not apply the plan', () => {
    const { text } = callMessage(en, aRun({ autoHeld: 'late' }), 'held', { notify: ['U0A'], noticeId: 1 });
    expect(text).toContain(`did not apply the plan for Dev: ${en.automatic.why.late}`);
  });
});

describe('a preview on schedule that found nothing', () => {
  it('is one small line, known as the message of its run', () => {
    const run = aRun({ status: 'completed', finishedAt: new Date('2026-11-02T19:00:03Z') }, { add: 0 });
    const text =
      'Dev: all synced (checked on schedule, <!date^1793646003^{date_short_pretty} at {time}|2026-11-02 19:00 UTC>)';
    expect(quietLine(en, run)).toEqual({
      text,
      blocks: [
        {
          type: 'context',
          block_id: 'run:12:completed:quiet',
          elements: [{ type: 'mrkdwn', text, verbatim: true }],
        },
      ],
    });
  });

  it('does not call synced what differs, in the list of runs neither', () => {
    const run = aRun({ status: 'completed' }, { add: 0, kept: 2 });
    expect(runState(en, aRun({ status: 'completed' }, { add: 0, skipped: 1 }))).toBe(runState(en, run));
    expect(quietLine(en, run).text).toMatch(/^Dev: nothing to change, although some users differ \(checked/);
    expect(runState(en, run)).toBe('nothing to change, although some users differ');
    expect(runState(en, aRun({ status: 'completed' }, { add: 0 }))).toBe('all synced');
  });
});

describe('the reminder', () => {
  it('says since when and what to type', () => {
    expect(
      reminderText(en, [
        { target: 'dev', days: 9.9 },
        { target: 'prod', days: 'never' },
        { target: 'test', days: 1 },
      ]),
    ).toBe(
      'Reminder: it is time to sync `dev` (last synced 9 days ago), `prod` (never synced), `test` (last synced 1 day ' +
        'ago). Type `/usersync dev` to see what a sync would change.',
    );
  });

  it('counts the targets that it does not name', () => {
    const many = Array.from({ length: 25 }, (_, n) => ({ target: `t${n}`, days: 'never' as const }));
    expect(reminderText(en, many)).toContain('`t19` (never synced) and 5 more. Type');
  });
});

describe('the word of previews that were not made', () => {
  const unmade = (count: number) =>
    Array.from({ length: count }, (_, n) => {
      const target = `t${n}`;
      return { target, refusal: { code: 'location_missing', target } as const };
    });

  it('calls people where some are to be called, and counts the targets that it does not name', () => {
    expect(unmadeText(en, unmade(1), []).split('\n')).toHaveLength(1);
    const lines = unmadeText(en, unmade(12), ['U0A']).split('\n');
    expect(lines[0]).toBe('<@U0A>:');
    expect(lines).toHaveLength(12);
    expect(lines.at(-1)).toBe(en.schedule.more(2));
  });
});

describe('the message of what the channel is told once', () => {
  it('carries its keys in every block, within the limits of Slack, and all of its text', () => {
    const unmade = Array.from({ length: 10 }, (_, n) => {
      const target = `${'t'.repeat(60)}${n}`;
      return { target, refusal: { code: 'location_missing', target } as const };
    });
    const people = Array.from({ length: 90 }, (_, n) => `U${String(n).padStart(10, '0')}`);
    const text = unmadeText(en, unmade, people);
    const keys = Array.from({ length: 25 }, (_, n) => String(n).padStart(10, 'k'));
    const { blocks } = keyedMessage(text, keys);
    const texts = blocks.map((block) => (block.type === 'section' ? (block.text?.text ?? '') : ''));
    expect(texts.join('\n')).toBe(text);
    expect(Math.max(...texts.map(({ length }) => length))).toBeLessThanOrEqual(3_000);
    for (const { block_id: id = '' } of blocks) {
      expect(id.length).toBeLessThanOrEqual(255);
      expect(remindersIn(id)).toEqual(keys.slice(0, 20));
    }
  });

  it('is not mistaken for another one', () => {
    expect(remindersIn('notice:12')).toEqual([]);
    expect(remindersIn('run:12:ready:title')).toEqual([]);
  });
});
