import type { AtPoint } from './at-point.ts';
import { commandOf, type Packet, packetCutter } from './mysql-packets.ts';
import { isIdle, oneLine, statementName, transactionName } from './statements.ts';

/** A packet was not to go on. */
class DroppedError extends Error {}

/** One connection of a bot to the database, seen from between. The chunks that go on are handed back. */
export type Conversation = {
  fromClient(chunk: Buffer): AsyncIterable<Buffer>;
  fromServer(chunk: Buffer): AsyncIterable<Buffer>;
  isBusy(): boolean;
};

/** Where something may go wrong at it, whether it is work, and whether it ends a transaction. */
type Statement = { readonly point: string | undefined; readonly work: boolean; readonly ends: boolean };

const NO_STATEMENT: Statement = { point: undefined, work: false, ends: false };

type Transaction = { name: string | undefined; worked: boolean };

/** Both directions throw where a packet is dropped. `asked` is told of every transaction's end, and of all work. */
export function createConversation(atPoint: AtPoint, asked: (work: boolean) => void): Conversation {
  const cutRequests = packetCutter();
  const cutAnswers = packetCutter();
  /** What the server has not answered yet, oldest first. */
  const unanswered: Statement[] = [];
  let prepared = '';
  let transaction: Transaction | undefined;
  let previousSequence = -1;

  const pass = async (point: string | undefined, phase: 'before' | 'after') => {
    if (point !== undefined && (await atPoint(point, phase)) === 'drop') throw new DroppedError();
  };

  /** Keeps track of the transaction. */
  function follow(sql: string): Statement {
    if (/^(BEGIN|START TRANSACTION)/i.test(sql)) transaction = { name: undefined, worked: false };
    if (/^(COMMIT|ROLLBACK)/i.test(sql)) return endTransaction(/^COMMIT/i.test(sql));
    const name = statementName(sql);
    const work = !isIdle(sql);
    if (transaction !== undefined) {
      transaction.worked ||= work;
      transaction.name ??= transactionName(name);
    }
    return { point: name === undefined ? undefined : `sql ${name}`, work, ends: false };
  }

  function endTransaction(commit: boolean): Statement {
    const { name, worked } = transaction ?? { name: undefined, worked: false };
    transaction = undefined;
    return { point: commit && name !== undefined ? `commit ${name}` : undefined, work: worked, ends: true };
  }

  async function request(packet: Packet): Promise<void> {
    const command = commandOf(packet);
    if (command === undefined) return;
    if (command.kind === 'prepare') prepared = oneLine(command.sql);
    const runs = command.kind === 'query' || command.kind === 'execute';
    const sql = command.kind === 'query' ? oneLine(command.sql) : prepared;
    const statement = runs ? follow(sql) : NO_STATEMENT;
    if (statement.work) asked(true);
    await pass(statement.point, 'before');
    if (command.answered) unanswered.push(statement);
  }

  async function answer({ sequence }: Packet): Promise<void> {
    // Numbers start again after 255: a 1 after a 0 belongs to a long answer.
    const first = sequence === 1 && previousSequence !== 0;
    previousSequence = sequence;
    if (!first) return;
    const answered = unanswered.shift();
    if (answered !== undefined && (answered.work || answered.ends)) asked(answered.work);
    await pass(answered?.point, 'after');
  }

  return {
    fromClient: (chunk) => passOn(cutRequests(chunk), request),
    fromServer: (chunk) => passOn(cutAnswers(chunk), answer),
    isBusy: () => transaction?.worked === true || unanswered.some(({ work }) => work),
  };
}

async function* passOn(
  packets: readonly Packet[],
  look: (packet: Packet) => Promise<void>,
): AsyncIterable<Buffer> {
  for (const packet of packets) {
    await look(packet);
    yield packet.bytes;
  }
}
