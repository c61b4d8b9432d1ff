import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { isGraver, judge, judgeByEach, strictest, withoutMargin } from '../../../../src/sync/rules/rules.ts';

// Properties are tried on many inputs, on a machine that may be busy.
vi.setConfig({ testTimeout: 30_000 });

const LIMITS = { count: 5, percent: 20 };

const facts = fc
  .record({ active: fc.nat(2000), deactivate: fc.nat(2000), recentlyDeactivated: fc.nat(500) })
  .filter(({ active, deactivate }) => deactivate <= active);
const limits = fc.record({ count: fc.nat(100), percent: fc.nat(100) });

describe('the guard', () => {
  it.each([
    ['5 of 10 (not over the count)', { deactivate: 5, recentlyDeactivated: 0, active: 10 }],
    ['20 of 100 (not over the percentage)', { deactivate: 20, recentlyDeactivated: 0, active: 100 }],
    ['1 of 5 after the 4 others', { deactivate: 1, recentlyDeactivated: 4, active: 5 }],
    ['nobody, though many went before', { deactivate: 0, recentlyDeactivated: 900, active: 10 }],
    ['nobody, where nobody is active', { deactivate: 0, recentlyDeactivated: 0, active: 0 }],
  ])('lets a plan pass that deactivates %s', (_, plan) => {
    expect(judge(plan, LIMITS)).toEqual({ tripped: false });
  });

  it.each([
    ['6 of 29', 'limits', { deactivate: 6, recentlyDeactivated: 0, active: 29 }],
    ['21 of 100', 'limits', { deactivate: 21, recentlyDeactivated: 0, active: 100 }],
    ['1 of 10 after 5 others', 'limits', { deactivate: 1, recentlyDeactivated: 5, active: 10 }],
    ['the only user', 'everyone', { deactivate: 1, recentlyDeactivated: 0, active: 1 }],
    ['everyone', 'everyone', { deactivate: 400, recentlyDeactivated: 0, active: 400 }],
  ])('stops a plan that deactivates %s, and says by which numbers', (_, why, plan) => {
    expect(judge(plan, LIMITS)).toEqual({ tripped: true, why, ...plan });
  });

  it('trips exactly where everyone would go, or both limits are exceeded with the last day counted in', () => {
    fc.assert(
      fc.property(facts, limits, (plan, limit) => {
        const total = plan.deactivate + plan.recentlyDeactivated;
        const everyone = plan.deactivate === plan.active;
        const overBoth = total > limit.count && total / plan.active > limit.percent / 100;
        expect(judge(plan, limit).tripped).toBe(plan.deactivate > 0 && (everyone || overBoth));
      }),
    );
  });

  it('never lets a plan pass that deactivates more than one which it stops', () => {
    fc.assert(
      fc.property(facts, limits, (plan, limit) => {
        const bolder = { ...plan, deactivate: Math.min(plan.deactivate + 1, plan.active) };
        if (judge(plan, limit).tripped) expect(judge(bolder, limit).tripped).toBe(true);
      }),
    );
  });

  it('never stops a plan under wider limits which it lets pass under narrower ones', () => {
    fc.assert(
      fc.property(facts, limits, fc.nat(50), fc.nat(50), (plan, limit, more, percent) => {
        const wider = { count: limit.count + more, percent: limit.percent + percent };
        if (!judge(plan, limit).tripped) expect(judge(plan, wider).tripped).toBe(false);
      }),
    );
  });
});

describe('the guard by several rules', () => {
  const limits = { count: 5, percent: 20 };
  const rules = { limits: [limits], protectedEmails: ['boss@dkm'], people: 1 };
  const facts = { deactivate: 6, recentlyDeactivated: 0, active: 30 };

  it('is the strictest of them all, and a run without rules of its own loosens none', () => {
    const stricter = { limits: [limits, { count: 1, percent: 1 }], protectedEmails: ['root@dkm'], people: 3 };
    expect(strictest(undefined, rules, stricter)).toEqual({
      limits: [limits, { count: 1, percent: 1 }],
      protectedEmails: ['boss@dkm', 'root@dkm'],
      people: 3,
    });
    expect(strictest(undefined)).toEqual({ limits: [], protectedEmails: [], people: 1 });
  });

  it('trips on a plan that just reaches the limits only where absence is thinly proven', () => {
    const exact = { ...rules, limits: [{ count: 6, percent: 20 }] };
    expect(judgeByEach(facts, exact.limits)).toEqual({ tripped: false });
    expect(judgeByEach(facts, withoutMargin(exact).limits)).toEqual({
      tripped: true,
      why: 'limits',
      ...facts,
    });
  });

  it('names the limits that stopped it where there are several', () => {
    const loose = { count: 100, percent: 100 };
    expect(judgeByEach(facts, [loose, { count: 1, percent: 1 }])).toMatchObject({
      tripped: true,
      limits: { count: 1, percent: 1 },
    });
    expect(judgeByEach(facts, [loose])).toEqual({ tripped: false });
  });

  it.each([
    ['everyone', 'limits', true],
    ['everyone', 'everyone', false],
    ['limits', 'passes', true],
    ['limits', 'limits', false],
    ['limits', 'everyone', false],
  ] as const)('that trips for %s is graver than what was shown as %s: %s', (why, shown, graver) => {
    expect(isGraver({ tripped: true, why, ...facts }, shown)).toBe(graver);
    expect(isGraver({ tripped: false }, shown)).toBe(false);
  });
});
