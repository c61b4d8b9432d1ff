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
      const opened = await announcer.open(requested.run);
      if (opened.outcome === 'unreachable') {
        await preview.abandon(requested, opened.reason);
        await tell(t.trouble.channelUnreachable);
        return;
      }
      const claimed = { ...requested, run: opened.run };
      await beginWork(desk, claimed, (stop) => preview.read(claimed, stop), { t, tell });
    }
  }
}
