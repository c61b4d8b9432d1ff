import { type NewUserDefaults, type NewUserValue, type Piece, piecesOf } from '../../sync/new-user.ts';
import { Prisma } from '../generated/client.ts';

/** Columns of `NEW_USER_DEFAULTS` and their values for the change `c`, each with a comma before it, for an INSERT. */
export function furtherColumns(newUser: NewUserDefaults): {
  readonly columns: Prisma.Sql;
  readonly values: Prisma.Sql;
} {
  const each = (write: (name: string, value: NewUserValue) => Prisma.Sql) =>
    newUser.size === 0
      ? Prisma.empty
      : Prisma.sql`, ${Prisma.join([...newUser].map(([name, value]) => write(name, value)))}`;
  return { columns: each((name) => quoted(name)), values: each((_, value) => sqlOf(value)) };
}

/** Settings allow letters, digits and _ alone; a backtick would be doubled all the same. */
function quoted(name: string): Prisma.Sql {
  return Prisma.raw(`\`${name.replaceAll('`', '``')}\``);
}

function sqlOf(value: NewUserValue): Prisma.Sql {
  if (typeof value !== 'string') return Prisma.sql`${value}`;
  const pieces = piecesOf(value);
  return pieces.length === 0 ? Prisma.sql`''` : Prisma.sql`CONCAT(${Prisma.join(pieces.map(pieceOf))})`;
}

function pieceOf(piece: Piece): Prisma.Sql {
  if ('text' in piece) return Prisma.sql`${piece.text}`;
  switch (piece.placeholder) {
    case '{email}':
      return Prisma.sql`c.email`;
    case '{localpart}':
      return Prisma.sql`SUBSTRING_INDEX(c.email, '@', 1)`;
  }
}
