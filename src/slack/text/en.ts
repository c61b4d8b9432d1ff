import { adjust } from './en/adjust.ts';
import { batch } from './en/batch.ts';
import { details } from './en/details.ts';
import { failure } from './en/failure.ts';
import { file } from './en/file.ts';
import { guard } from './en/guard.ts';
import { help } from './en/help.ts';
import { history } from './en/history.ts';
import { home } from './en/home.ts';
import { plan } from './en/plan.ts';
import { refusal } from './en/refusal.ts';
import { rejection } from './en/rejection.ts';
import { rollback } from './en/rollback.ts';
import { run } from './en/run.ts';
import { schedule } from './en/schedule.ts';
import { state } from './en/state.ts';
import { status } from './en/status.ts';
import { time } from './en/time.ts';
import { trouble } from './en/trouble.ts';
import { users } from './en/users.ts';

/**
 * Everything that the bot says, in English. Strings handed to its functions are already safe for the place they
 * go to (see `escape.ts`): the catalogue only puts words around them.
 */
export const en = {
  adjust,
  batch,
  details,
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
  state,
  status,
  time,
  trouble,
  users,
};

/** A text catalogue. Other languages have the same shape. */
export type Texts = typeof en;
