import type { PreviewRequested } from '../sync/preview.ts';
import type { Reader } from './answer.ts';
import { beginWork } from './begin-work.ts';
import type { Desk } from './desk.ts';
import { refusalText } from './views/refusal.ts';

/** Shows a run that was asked for and starts to read; tells the person where it cannot be. */
export async function beginPreview(
  desk: Desk,
  requested: PreviewRequested,
  { t, tell }: Reader,
): Promise<void> {
  const { announcer, preview } = desk;
  switch (requested.outcome) {
    case 'repeated':
      return;
    case 'refused':
      await tell(refusalText(t, requested.refusal));
      return;
    case 'requested': {
      // The server is asked while Slack still takes the message.
      const [opened] = await Promise.all([
        announcer.open(requested.run, (reason) => preview.abandon(requested, reason)),
        beginWork(desk, requested, (stop) => preview.read(requested, stop), { t, tell }),
      ]);
      if (opened.outcome === 'unreachable') await tell(t.trouble.channelUnreachable);
    }
  }
}
