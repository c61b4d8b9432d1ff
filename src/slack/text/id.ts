import type { Texts } from './en.ts';
import { help, history, home, status, trouble, users } from './id/answers.ts';
import { absence, alone, automatic } from './id/automatic.ts';
import { call, digest, schedule } from './id/by-itself.ts';
import { batch, rollback, run, state, time } from './id/cards.ts';
import { failure } from './id/failure.ts';
import { adjust, details, guard, plan } from './id/plan.ts';
import { refusal } from './id/refusals.ts';
import { file, rejection } from './id/rejections.ts';
import { shortcut } from './id/shortcuts.ts';

/** Everything that the bot says, in Indonesian. See `en.ts`. */
export const id: Texts = {
  absence,
  adjust,
  alone,
  automatic,
  batch,
  call,
  details,
  digest,
  failure,
  file,
  guard,
  help,
  history,
  home,
  plan,
  refusal,
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
