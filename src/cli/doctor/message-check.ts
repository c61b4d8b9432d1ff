import type { Config } from '../../config/config.ts';
import type { NoAnswer, SlackInspection } from '../../slack/connect/token-facts.ts';
import { textsFor } from '../../slack/text/language.ts';
import { FOLDED_SAMPLE, samples } from '../../slack/views/samples.ts';
import { type Check, checkOf, fail, pass, type Verdict } from './check.ts';

/** In milliseconds; each sample needs one call. */
const LIMIT_MS = 30_000;

/** Lets Slack validate a sample of each message and view (`blocks.validate`). Passes without an answer: others report that. */
export function messageCheck(config: Config, slack: SlackInspection): Check {
  const settings = ['SLACK_BOT_TOKEN', 'SLACK_API_URL', 'BOT_LANGUAGE'];
  return checkOf('Slack messages', 'slack_messages', { settings, limitMs: LIMIT_MS }, () =>
    validate(config, slack),
  );
}

async function validate({ language }: Config, slack: SlackInspection): Promise<Verdict> {
  const all = samples(textsFor(undefined, language));
  const problems: string[] = [];
  let folds = true;
  for (const { name, payload } of all) {
    const reply = await slack.validate(payload);
    if (reply.outcome !== 'answered') return pass(`skipped, because ${whyNot(reply)}`);
    const [problem] = reply.answer;
    if (problem === undefined) continue;
    if (name === FOLDED_SAMPLE) folds = false;
    else problems.push(`${name}: ${problem}`);
  }
  if (problems.length > 0)
    return fail(
      `Slack would refuse ${problems.join('; ')}`,
      'Report that to whoever maintains usersync, with this line; the bot says what it cannot show in other ways.',
    );
  const looked = `Slack takes all ${all.length - 1} samples of messages, modals and Home views`;
  return pass(folds ? looked : `${looked}; it does not fold the unchanged users yet, View All has them`);
}

function whyNot(reply: NoAnswer): string {
  switch (reply.outcome) {
    case 'refused':
      return reply.error === 'unknown_method'
        ? 'this Slack does not know blocks.validate'
        : `Slack says ${reply.error}`;
    case 'limited':
      return 'Slack limits the rate';
    case 'unreachable':
      return `Slack cannot be reached: ${reply.reason}`;
  }
}
