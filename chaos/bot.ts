import { z } from 'zod';
import { type RunningApp, startApp } from '../src/bot/app.ts';
import { parseConfig } from '../src/config/config.ts';
import { createLogger } from '../src/process/logger.ts';
import { outliveStrayRejections } from '../src/process/runtime.ts';

/**
 * A bot process of the chaos suite: the real bot, told over IPC when to start and with which settings, so that a
 * process that nobody killed can serve the next run, and a spare one has loaded its code before it is needed.
 * What differs from production, unless the order says so, is how often it looks for work, and how long it lets work end
 * when it is stopped.
 */
const HURRIED = { lookEveryMs: 100, deliverEveryMs: 100, finishWithinMs: 400 };

const order = z.discriminatedUnion('do', [
  z.object({
    do: z.literal('start'),
    settings: z.record(z.string(), z.string()),
    pace: z.enum(['production', 'hurried']),
  }),
  z.object({ do: z.literal('stop') }),
  z.object({ do: z.literal('answer') }),
]);

let app: RunningApp | undefined;

const say = (message: object) => process.send?.(message);

async function obey(message: z.infer<typeof order>): Promise<void> {
  switch (message.do) {
    case 'start': {
      const config = parseConfig(message.settings);
      let owner = '';
      const write = (line: string) => {
        owner ||= line.match(/"owner":"([^"]+)"/)?.[1] ?? '';
        process.stdout.write(line);
      };
      const timing = message.pace === 'hurried' ? HURRIED : undefined;
      app = await startApp(config, createLogger(config.logLevel, { destination: { write } }), timing);
      say({ is: 'started', port: app.port, owner });
      return;
    }
    case 'stop':
      await app?.stop();
      app = undefined;
      say({ is: 'stopped' });
      return;
    case 'answer':
      say({ is: 'there' });
  }
}

/** An order that cannot be carried out ends the process, as it ends the bot. */
function die(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`, () => process.exit(1));
}

outliveStrayRejections(createLogger('warn'));
process.on('message', (message) => {
  obey(order.parse(message)).catch(die);
});
process.on('SIGTERM', () => {
  Promise.resolve(app?.stop()).then(() => process.exit(0), die);
});
process.on('SIGINT', () => {});
process.on('disconnect', () => process.exit(0));
say({ is: 'loaded' });
