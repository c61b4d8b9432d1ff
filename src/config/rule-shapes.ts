import { z } from 'zod';
import { type FreezeWindow, neverEnds, parseFreezeWindow } from './freeze.ts';
import { someItems, TARGET_NAME } from './shapes.ts';

/** Shapes of the settings that say who executes a plan, and when. Errors as in `shapes.ts`. */

const APPROVALS_SHAPE =
  'must be names from SYNC_TARGETS, each with a number of people from 1 to 9, such as prod=2,test=2';

/** `SYNC_APPROVALS`: how many different people each target needs. */
export const approvals = z.string().transform((value, context): ReadonlyMap<string, number> => {
  const needed = new Map<string, number>();
  for (const item of someItems(value, context, APPROVALS_SHAPE)) {
    const [name = '', people = '', ...rest] = item.split('=').map((part) => part.trim());
    if (rest.length > 0 || !TARGET_NAME.test(name) || !/^[1-9]$/.test(people) || needed.has(name))
      context.addIssue({ code: 'custom', message: APPROVALS_SHAPE });
    needed.set(name, Number(people));
  }
  return needed;
});

const AUTO_SHAPE =
  'must be names from SYNC_TARGETS, each with the kinds of changes that are applied without a person and the most of them, ' +
  'such as dev=add+reactivate:20';

/** The changes that are applied at a target without a person: their kinds, and at most how many. */
export type AutoRule = {
  readonly text: string;
  readonly actions: readonly ('add' | 'reactivate' | 'deactivate')[];
  readonly most: number;
};

const autoActions = z.array(z.enum(['add', 'reactivate', 'deactivate'])).min(1);

/** A rule ends with its number. A comma anywhere else joins kinds, as a plus sign does. */
const BETWEEN_RULES = /(?<=:\s*\d+\s*),/;

/** `SYNC_AUTO`: one rule for each target. */
export const autoRules = z.string().transform((value, context): ReadonlyMap<string, AutoRule> => {
  const rules = new Map<string, AutoRule>();
  const texts = value.split(BETWEEN_RULES).map((text) => text.trim());
  for (const text of texts.filter((each) => each !== '')) {
    const [, name = '', kinds = '', most = ''] =
      /^([^=\s]+)\s*=\s*([a-z+,\s]+?)\s*:\s*([1-9]\d{0,6})$/.exec(text) ?? [];
    const actions = autoActions.safeParse(kinds.split(/[+,]/).map((kind) => kind.trim()));
    const isOnce = new Set(actions.data).size === actions.data?.length;
    if (!TARGET_NAME.test(name) || !actions.success || !isOnce || rules.has(name)) {
      context.addIssue({ code: 'custom', message: AUTO_SHAPE });
      return z.NEVER;
    }
    const rule = `${name}=${actions.data.join('+')}:${most}`;
    rules.set(name, { text: rule, actions: actions.data, most: Number(most) });
  }
  if (rules.size === 0) context.addIssue({ code: 'custom', message: AUTO_SHAPE });
  return rules;
});

const FREEZE_SHAPE =
  'must be windows separated by commas, such as Fri 18:00-Mon 07:00 or 2026-12-24-2027-01-02, that leave some time of the week';

/** `SYNC_FREEZE`: windows in which nothing is executed. */
export const freeze = z.string().transform((value, context): readonly FreezeWindow[] => {
  const windows = someItems(value, context, FREEZE_SHAPE).map(parseFreezeWindow);
  const known = windows.filter((window) => window !== undefined);
  if (known.length < windows.length || neverEnds(known)) {
    context.addIssue({ code: 'custom', message: FREEZE_SHAPE });
  }
  return known;
});
