import type { Calls, Refusal } from '../schedule/refusal.ts';
import { isDirect, type SlackCall } from './slack-points.ts';

/** Something that Slack refused for a while; times in milliseconds since 1970. */
export type RefusedFor = Refusal & { readonly from: number; readonly until: number };

/** What Slack refuses at the moment, whichever bot asks. */
export type Refusals = {
  begin(refused: readonly Refusal[]): void;
  /** Slack's word for a call; undefined where it is served. */
  wordFor(call: SlackCall): string | undefined;
  /** Lifts all of them. */
  lift(): void;
  /** All that were ever in force, those included that are. */
  all(): readonly RefusedFor[];
};

export function createRefusals(): Refusals {
  let past: readonly RefusedFor[] = [];
  let inForce: readonly RefusedFor[] = [];
  return {
    begin: (refused) => {
      const from = Date.now();
      inForce = [...inForce, ...refused.map((each) => ({ ...each, from, until: Number.POSITIVE_INFINITY }))];
    },
    wordFor: (call) => inForce.find(({ calls }) => isAbout(calls, call))?.error,
    lift: () => {
      past = [...past, ...inForce.map((each) => ({ ...each, until: Date.now() }))];
      inForce = [];
    },
    all: () => [...past, ...inForce],
  };
}

function isAbout(calls: Calls, call: SlackCall): boolean {
  const { method, channel, inThread } = call;
  const posts = method === 'chat.postMessage';
  switch (calls) {
    case 'files':
      return method.startsWith('files.');
    case 'edits':
      return method === 'chat.update';
    case 'thread':
      return posts && !isDirect(call) && inThread;
    case 'channel':
      return posts && !isDirect(call) && !inThread;
    case 'direct':
      return posts && isDirect(call);
    case 'channel gone':
      return channel !== undefined && !isDirect(call);
  }
}
