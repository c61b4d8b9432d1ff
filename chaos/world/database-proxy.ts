import { createConnection, createServer, type Socket } from 'node:net';
import { listenHere } from '../../sandbox/process/listen.ts';
import type { AtPoint } from './at-point.ts';
import { createConversation } from './conversation.ts';

export type DatabaseProxy = {
  readonly port: number;
  /** Whether the bot is in the middle of something, other than asking whether there is something to do. */
  isBusy(): boolean;
  /** Whether the bot has asked anything by now. */
  wasUsed(): boolean;
  /** Breaks every connection; new ones are let through. */
  cut(): void;
  stop(): Promise<void>;
};

type Line = { readonly isBusy: () => boolean; readonly end: () => void };

/**
 * Stands between one bot and the database, and reads along: at each point of `statements.ts` it asks what is to
 * happen. `worked` is called at every sign of work.
 */
export async function startDatabaseProxy(
  target: { readonly host: string; readonly port: number },
  atPoint: AtPoint,
  worked: () => void,
): Promise<DatabaseProxy> {
  const lines = new Set<Line>();
  let used = false;
  const server = createServer((client) => {
    const upstream = createConnection({ ...target, noDelay: true });
    client.setNoDelay(true);
    const conversation = createConversation(atPoint, (work) => {
      used = true;
      if (work) worked();
    });
    const end = () => {
      lines.delete(line);
      client.destroy();
      upstream.destroy();
    };
    const line: Line = { isBusy: conversation.isBusy, end };
    lines.add(line);
    void forward(client, upstream, conversation.fromClient).finally(end);
    void forward(upstream, client, conversation.fromServer).finally(end);
  });
  const { port, stop } = await listenHere(server);
  const cut = () => {
    for (const line of lines) line.end();
  };
  return {
    port,
    isBusy: () => [...lines].some((line) => line.isBusy()),
    wasUsed: () => used,
    cut,
    stop,
  };
}

/** Ends, without throwing, with either socket or where a packet is dropped. */
async function forward(
  from: Socket,
  to: Socket,
  pass: (chunk: Buffer) => AsyncIterable<Buffer>,
): Promise<void> {
  to.on('error', () => {});
  try {
    for await (const chunk of from) {
      for await (const bytes of pass(chunk)) to.write(bytes);
    }
  } catch {
    // The connection broke, or was meant to.
  }
}
