/** One packet of MySQL's protocol: https://mariadb.com/kb/en/0-packet/ */
export type Packet = {
  /** 0 begins a command, 1 begins its answer. */
  readonly sequence: number;
  /** Empty for an empty packet. */
  readonly payload: Buffer;
  /** As it came, its head included. */
  readonly bytes: Buffer;
};

const HEAD = 4;

/** Cuts a stream into packets: returns those that are whole by now, and keeps the rest for the next chunk. */
export function packetCutter(): (chunk: Buffer) => Packet[] {
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const packets: Packet[] = [];
    while (rest.length >= HEAD) {
      const end = HEAD + rest.readUIntLE(0, 3);
      if (rest.length < end) break;
      const bytes = rest.subarray(0, end);
      packets.push({ sequence: bytes.readUInt8(3), payload: bytes.subarray(HEAD), bytes });
      rest = rest.subarray(end);
    }
    return packets;
  };
}

const COM_QUIT = 0x01;
const COM_QUERY = 0x03;
const COM_STMT_PREPARE = 0x16;
const COM_STMT_EXECUTE = 0x17;
const COM_STMT_SEND_LONG_DATA = 0x18;
const COM_STMT_CLOSE = 0x19;

export type Command = {
  readonly kind: 'query' | 'prepare' | 'execute' | 'other';
  /** Of a query or a preparation. */
  readonly sql: string;
  readonly answered: boolean;
};

/** What a client's packet asks for; undefined where it belongs to the handshake or continues another packet. */
export function commandOf({ sequence, payload }: Packet): Command | undefined {
  if (sequence !== 0 || payload.length === 0) return undefined;
  const code = payload.readUInt8(0);
  const sql = payload.toString('utf8', 1);
  switch (code) {
    case COM_QUERY:
      return { kind: 'query', sql, answered: true };
    case COM_STMT_PREPARE:
      return { kind: 'prepare', sql, answered: true };
    case COM_STMT_EXECUTE:
      return { kind: 'execute', sql: '', answered: true };
    default: {
      const silent = [COM_QUIT, COM_STMT_CLOSE, COM_STMT_SEND_LONG_DATA].includes(code);
      return { kind: 'other', sql: '', answered: !silent };
    }
  }
}
