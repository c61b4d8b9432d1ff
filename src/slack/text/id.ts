import type { Texts } from './en.ts';
import { adjust } from './id/adjust.ts';
import { batch } from './id/batch.ts';
import { details } from './id/details.ts';
import { failure } from './id/failure.ts';
import { file } from './id/file.ts';
import { guard } from './id/guard.ts';
import { help } from './id/help.ts';
import { history } from './id/history.ts';
import { home } from './id/home.ts';
import { plan } from './id/plan.ts';
import { refusal } from './id/refusal.ts';
import { rejection } from './id/rejection.ts';
import { rollback } from './id/rollback.ts';
import { run } from './id/run.ts';
import { schedule } from './id/schedule.ts';
import { state } from './id/state.ts';
import { status } from './id/status.ts';
import { time } from './id/time.ts';
import { trouble } from './id/trouble.ts';
import { users } from './id/users.ts';

/** Everything that the bot says, in Indonesian. See `en.ts`. */
export const id: Texts = {
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
