import { DATABASE } from './database-step.ts';
import { LOGIN, ownLoginStep, refusedTargets, targetStep } from './depot-steps.ts';
import { type Answers, askWhether } from './dialogue.ts';
import { SLACK_STEPS } from './slack-steps.ts';
import { type Desk, type Step, settle } from './step.ts';

/** What the rows of `locations` are called; none where they cannot be read. */
export type LocationNames = (databaseUrl: string) => Promise<readonly string[]>;

/** Asks for every setting without a usable default, tests each, and returns those that were asked for. */
export async function interview(known: Answers, desk: Desk, locationNames: LocationNames): Promise<Answers> {
  let given: Answers = {};
  const take = async (step: Step) => {
    const settled = await settle(step, { ...known, ...given }, desk);
    given = { ...given, ...settled.given };
    return settled.findings;
  };
  for (const step of SLACK_STEPS) await take(step);
  await take(DATABASE);
  await take(targetStep(await locationNames(given['DATABASE_URL'] ?? '')));
  for (const target of refusedTargets(await take(LOGIN))) {
    const own = await askWhether(desk.terminal, `Has ${target} a login of its own?`, true);
    if (own) await take(ownLoginStep(target));
  }
  return given;
}
