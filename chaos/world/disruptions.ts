import type { Effect } from '../schedule/fault.ts';
import type { Refusal } from '../schedule/refusal.ts';
import type { Verdict } from './at-point.ts';
import { become, type RunningBot } from './running-bot.ts';
import type { Tripwires } from './tripwires.ts';

export type Disruptions = {
  /** Does to a bot what the effect says; returns what becomes of the call during which it happens. */
  befall(bot: RunningBot, effect: Effect): Verdict | Promise<Verdict>;
  /** Wakes what is paused. True where something was. */
  wake(): boolean;
};

type Options = {
  readonly wires: Tripwires;
  /** Whether there is another one that is up. */
  readonly hasOthers: (bot: RunningBot) => boolean;
  /** Whether it is its replica's bot, and not one that was replaced while it was paused. */
  readonly isCurrent: (bot: RunningBot) => boolean;
  /** Puts another process in its place, as a supervisor does with one that does not answer. */
  readonly replace: (bot: RunningBot) => void;
  /** Has Slack refuse these from now on. */
  readonly beginRefusals: (refused: readonly Refusal[]) => void;
};

export function createDisruptions(options: Options): Disruptions {
  const { wires, hasOthers, isCurrent, replace, beginRefusals } = options;

  /** Paused bots, and how each goes on. */
  const paused = new Map<RunningBot, () => void>();

  function kill(bot: RunningBot, { restart, arrives }: Extract<Effect, { kind: 'kill' }>): Verdict {
    bot.restart = restart === 'at once' || !hasOthers(bot);
    become(bot, 'down');
    bot.stoppedAt = undefined;
    bot.process.signal('SIGKILL');
    return arrives ? 'go' : 'drop';
  }

  function pause(bot: RunningBot, until: Extract<Effect, { kind: 'pause' }>['until']): Promise<Verdict> {
    become(bot, 'paused');
    bot.process.signal('SIGSTOP');
    replace(bot);
    return new Promise((resolve) => {
      const goOn = () => {
        if (!paused.delete(bot)) return;
        become(bot, 'up');
        bot.process.signal('SIGCONT');
        resolve('go');
      };
      paused.set(bot, goOn);
      if (until !== 'rest') wires.watch(until.point, until.nth, bot, goOn);
    });
  }

  function stop(bot: RunningBot): Verdict {
    become(bot, 'down');
    bot.stoppedAt = performance.now();
    bot.process.signal('SIGTERM');
    return 'go';
  }

  return {
    befall: (bot, effect) => {
      switch (effect.kind) {
        case 'kill':
          return kill(bot, effect);
        case 'pause':
          return bot.state === 'up' && isCurrent(bot) ? pause(bot, effect.until) : 'go';
        case 'stop':
          return bot.state === 'up' ? stop(bot) : 'go';
        case 'cut':
          if (effect.all) bot.database.cut();
          return effect.all ? 'go' : 'drop';
        case 'refusals':
          beginRefusals(effect.refused);
          return 'go';
        case 'slack':
        case 'depot':
        case 'moved list':
          return 'go';
      }
    },
    wake: () => {
      const some = paused.size > 0;
      for (const goOn of [...paused.values()]) goOn();
      return some;
    },
  };
}
