import type { Deployment } from '../../config/commands.ts';
import { help, history, home, status, trouble } from './en/answers.ts';
import { absence, automatic, call, digest, schedule } from './en/automation.ts';
import { rollback, run, state } from './en/cards.ts';
import { failure } from './en/failure.ts';
import { config, find, users } from './en/look-up.ts';
import { adjust, alone, details, guard, refusedSteps, shortcut } from './en/modals.ts';
import { batch, plan, time } from './en/plan.ts';
import { refusal } from './en/refusals.ts';
import { file, rejection } from './en/slack-refusals.ts';

/** All texts of the bot in English. Arguments of its functions must be escaped for their place already (see `escape.ts`). */
export const en = {
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

/** The texts in one language, and this deployment's names in them; undefined: the default names. Every language has this shape. */
export type Texts = typeof en & { readonly deployment?: Deployment };
