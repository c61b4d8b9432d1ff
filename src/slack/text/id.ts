import type { Texts } from './en.ts';
import { help, history, home, status, trouble } from './id/answers.ts';
import { absence, automatic, call, digest, schedule } from './id/automation.ts';
import { rollback, run, state } from './id/cards.ts';
import { failure } from './id/failure.ts';
import { config, find, users } from './id/look-up.ts';
import { adjust, alone, details, guard, refusedSteps, shortcut } from './id/modals.ts';
import { batch, plan, time } from './id/plan.ts';
import { refusal } from './id/refusals.ts';
import { file, rejection } from './id/slack-refusals.ts';

/** All texts of the bot in Indonesian. See `en.ts`. */
export const id: Texts = {
  absence,
  adjust,
  alone,
  automatic,
  batch,
  call,
  config,
  details,
  digest,
  failure,
  file,
  find,
  guard,
  help,
  history,
  home,
  plan,
  refusal,
  refusedSteps,
  rejection,
  rollback,
  run,
  schedule,
  shortcut,
  state,
  status,
  time,
  trouble,
  users,
};
