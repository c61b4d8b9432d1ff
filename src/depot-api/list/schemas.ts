import { z } from 'zod';

/** An Authorization header takes only visible ASCII; 8,192 is a common header limit. */
const token = z
  .string()
  .regex(/^[\x21-\x7e]{1,8192}$/)
  .optional()
  .catch(undefined);
/** More characters than any time has. */
const time = z.string().max(64).optional().catch(undefined);
const holder = z.object({ access_token: token, token, expired_time: time });
const inner = holder.optional().catch(undefined);

/**
 * The login's answer: the six places of the token (contract, section 1), tried in that order, and the expiry time beside the
 * token.
 */
export const loginSchema = holder
  .extend({ object: inner, data: inner })
  .transform((body) => {
    const place = [body.object, body, body.data].find(
      (each) => (each?.access_token ?? each?.token) !== undefined,
    );
    return { token: place?.access_token ?? place?.token, expires: place?.expired_time };
  })
  .catch({ token: undefined, expires: undefined });

const said = z.string().optional().catch(undefined);

/** What a server says about its error: its `message`, else its `error`. */
export const messageSchema = z
  .object({ message: said, error: said })
  .transform(({ message, error }) => message ?? error ?? '')
  .catch('');

/** An answer that says itself that it is an error, whatever its HTTP status. */
export const refusesSchema = z.union([
  z.object({ status: z.literal('error') }),
  z.object({ error: z.union([z.string(), z.literal(true)]) }),
]);

const digits = z
  .string()
  .regex(/^\d{1,16}$/)
  .transform(Number);
const count = z.union([z.number(), digits]).pipe(z.int().nonnegative());
const list = z.array(z.unknown()).optional().catch(undefined);

/** The fields of a page beside its rows. A total must be a number if it is present: the proof of a complete list needs it. */
export const pageSchema = z.object({
  total: z.union([count, z.literal('').transform(() => null)]).nullish(),
  limit: count.pipe(z.int().positive()).optional().catch(undefined),
});

const holderOfList = z.object({ object: list, data: list, users: list });

/** The list of a page, from any of its places (contract, section 1); undefined if there is none. */
export function listOf(body: unknown): readonly unknown[] | undefined {
  const places = holderOfList.safeParse(body).data;
  return places?.object ?? places?.data ?? places?.users;
}

/** `status_user` (contract, section 1). Missing means active. Any other value than 1 and 0 is `unclear`, not guessed. */
const status = z
  .union([
    z.literal([1, '1', true]).transform(() => 'active' as const),
    z.literal([0, '0', false]).transform(() => 'inactive' as const),
  ])
  .nullish()
  .transform((value): 'active' | 'inactive' | 'unclear' => value ?? 'active')
  .catch('unclear');

export const rowSchema = z.object({ id_user: count, email: z.unknown().optional(), status_user: status });
