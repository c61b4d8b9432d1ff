import { z } from 'zod';

/** Anything else than visible ASCII cannot stand in an Authorization header; 8,192 is a common header limit. */
const token = z
  .string()
  .regex(/^[\x21-\x7e]{1,8192}$/)
  .optional()
  .catch(undefined);
/** Far longer than any time. */
const time = z.string().max(64).optional().catch(undefined);
const holder = z.object({ access_token: token, token, expired_time: time });
const inner = holder.optional().catch(undefined);

/** The login's answer: the six places of the token (contract, section 1), tried in that order, and its end beside it. */
export const loginSchema = holder
  .extend({ object: inner, data: inner })
  .transform((body) => {
    const place = [body.object, body, body.data].find(
      (each) => (each?.access_token ?? each?.token) !== undefined,
    );
    return { token: place?.access_token ?? place?.token, expires: place?.expired_time };
  })
  .catch({ token: undefined, expires: undefined });

/** What servers say of an error. */
export const messageSchema = z
  .object({ message: z.string() })
  .transform((body) => body.message)
  .catch('');

const digits = z
  .string()
  .regex(/^\d{1,16}$/)
  .transform(Number);
const count = z.union([z.number(), digits]).pipe(z.int().nonnegative());
const list = z.array(z.unknown()).optional().catch(undefined);

/** A page of users around its rows. A total that is there must be a number: the proof of a whole list needs it. */
export const pageSchema = z.object({
  total: z.union([count, z.literal('').transform(() => null)]).nullish(),
  limit: count.pipe(z.int().positive()).optional().catch(undefined),
});

const holderOfList = z.object({ object: list, data: list, users: list });

/** The list of a page, at whichever of its places (contract, section 1); undefined where there is none. */
export function listOf(body: unknown): readonly unknown[] | undefined {
  const places = holderOfList.safeParse(body).data;
  return places?.object ?? places?.data ?? places?.users;
}

/** `status_user` (contract, section 1). Missing means active; what is neither 1 nor 0 is not guessed at. */
const status = z
  .union([
    z.literal([1, '1', true]).transform(() => 'active' as const),
    z.literal([0, '0', false]).transform(() => 'inactive' as const),
  ])
  .nullish()
  .transform((value): 'active' | 'inactive' | 'unclear' => value ?? 'active')
  .catch('unclear');

export const rowSchema = z.object({ id_user: count, email: z.unknown().optional(), status_user: status });
