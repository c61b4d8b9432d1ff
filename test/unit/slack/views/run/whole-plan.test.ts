import { describe, expect, it } from 'vitest';
import { checkView } from '../../../../../sandbox/strict-slack/limits/limits.ts';
import { en } from '../../../../../src/slack/text/en.ts';
import { planModal } from '../../../../../src/slack/views/run/whole-plan.ts';
import { aRun, changes } from '../../../../support/view-fixtures.ts';
import { textOf } from '../read-payload.ts';

const NONE = { emails: [], truncated: false };

describe('the modal of a plan', () => {
  it('lists every email of every kind, and the unchanged ones', () => {
    const run = aRun({ locationName: 'Test' }, { add: 3, deactivate: 2, unchanged: 10 });
    const entries = [
      ...changes('add', ['new_user1@dkm', 'new_user2@dkm', 'new_user3@dkm']),
      ...changes('deactivate', ['old_user1@dkm', 'old_user2@dkm']),
    ];
    const emails = Array.from({ length: 10 }, (_, n) => `same${n}@dkm`);
    const modal = planModal(en, run, entries, { emails, truncated: false });
    expect(modal.title.text).toBe('Plan of Run 12');
    expect(textOf(modal, 'plan:12:summary')).toBe(
      'Sync Preview: Test. 3 users will be added to Test; 2 users will be deactivated.',
    );
    expect(textOf(modal, 'plan:12:add')).toBe('*New Users (3)*');
    expect(textOf(modal, 'plan:12:add:0')).toBe('`new_user1@dkm`\n`new_user2@dkm`\n`new_user3@dkm`');
    expect(textOf(modal, 'plan:12:deactivate:0')).toBe('`old_user1@dkm`\n`old_user2@dkm`');
    expect(textOf(modal, 'plan:12:unchanged')).toBe('*Unchanged Users (10)*');
    expect(textOf(modal, 'plan:12:unchanged:0').split('\n')).toHaveLength(10);
    expect(JSON.stringify(modal)).not.toContain('more');
  });

  it.each([
    ['ready', 'This takes back what run 9 did.'],
    ['completed', 'This took back what run 9 did.'],
    ['cancelled', 'This was to take back what run 9 did.'],
  ] as const)('says what a rollback that is %s is for', (status, words) => {
    const run = aRun({ status, reverts: 9 }, { add: 0, deactivate: 1 });
    expect(textOf(planModal(en, run, changes('deactivate', 1), NONE), 'plan:12:summary')).toMatch(
      new RegExp(`\\n${words}$`),
    );
  });

  it('lists others than at the time of the plan as what they are', () => {
    const run = aRun({ status: 'completed' }, { unchanged: 2 });
    const modal = planModal(en, run, changes('add', 25), {
      emails: ['a@dkm', 'b@dkm', 'c@dkm'],
      truncated: false,
    });
    expect(textOf(modal, 'plan:12:unchanged')).toBe('*Active Now, Not in the Plan (3)*');
  });

  it('says so where its users were deleted, instead of naming a file or other users', () => {
    const modal = planModal(en, aRun({ status: 'completed' }), [], { emails: ['a@dkm'], truncated: false });
    expect(textOf(modal, 'plan:12:gone')).toContain('no longer on record');
    expect(JSON.stringify(modal)).not.toMatch(/a@dkm|CSV|more/);
    expect(JSON.stringify(planModal(en, aRun({}, { add: 0 }), [], NONE))).not.toContain('on record');
  });

  it('has no buttons and no inputs', () => {
    const modal = planModal(en, aRun(), changes('add', 25), NONE);
    expect(new Set(modal.blocks.map(({ type }) => type))).toEqual(new Set(['section']));
    expect(modal.submit).toBeUndefined();
  });

  it('holds 800 users, and 8,000', () => {
    for (const n of [800, 8_000]) {
      const modal = planModal(en, aRun({}, { add: n }), changes('add', n), NONE);
      expect(checkView(modal)).toEqual([]);
      expect(emailsIn(modal.blocks)).toBe(n);
    }
  });

  it('says how many are left where it cannot hold all, and where all are', () => {
    const modal = planModal(en, aRun({}, { add: 50_000 }), changes('add', 20_000), NONE);
    expect(checkView(modal)).toEqual([]);
    const shown = emailsIn(modal.blocks);
    expect(shown).toBeGreaterThan(8_000);
    expect(textOf(modal, 'plan:12:add:more')).toBe(
      `…and ${50_000 - shown} more. The CSV file in the thread lists them all.`,
    );
  });

  it('lets those who are deactivated not be crowded out by new users', () => {
    const run = aRun({}, { add: 20_000, deactivate: 100, unchanged: 9_000 });
    const entries = [...changes('add', 20_000), ...changes('deactivate', 100)];
    const modal = planModal(en, run, entries, {
      emails: changes('add', 9_000).map(({ email }) => email),
      truncated: false,
    });
    expect(checkView(modal)).toEqual([]);
    const blockOrder = modal.blocks.map(({ block_id }) => block_id?.split(':')[2]);
    expect(blockOrder.indexOf('add')).toBeLessThan(blockOrder.indexOf('deactivate'));
    expect(textOf(modal, 'plan:12:deactivate:0')).toContain('`user100@depot.test`');
    expect(textOf(modal, 'plan:12:unchanged:more')).toBe('…and 9000 more. They stay as they are.');
  });

  it('counts the unchanged ones that the caller did not read', () => {
    const run = aRun({}, { unchanged: 700 });
    const modal = planModal(en, run, changes('add', 25), { emails: ['a@dkm'], truncated: true });
    expect(textOf(modal, 'plan:12:unchanged')).toBe('*Unchanged Users (700)*');
    expect(textOf(modal, 'plan:12:unchanged:more')).toBe('…and 699 more. They stay as they are.');
  });

  it('says so where there is nothing to list', () => {
    const modal = planModal(en, aRun({}, { add: 0 }), [], NONE);
    expect(textOf(modal, 'plan:12:empty')).toBe('This plan lists no users.');
  });
});

function emailsIn(blocks: readonly object[]): number {
  return JSON.stringify(blocks).match(/`user\d+@/g)?.length ?? 0;
}
