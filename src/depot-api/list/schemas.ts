import { z } from 'zod';

/** Anything else than visible ASCII cannot stand in an Authorization header; 8,192 is a common header limit. */
const token = z
  .string()
  .regex(/^[\x21-\x7e]{1,8192}$/)
  .optional()
  .catch(undefined);
const holder = z.object({ access_token: token, token }).optional().catch(undefined);

/** The login's answer: the six places of the token (contract, section 1), tried in that order. */
export const tokenSchema = z
  .object({ object: holder, access_token: token, token, data: holder })
  .transform(
    (body) =>
      body.object?.access_token ??
      body.object?.token ??
      body.access_token ??
      body.token ??
      body.data?.access_token ??
      body.data?.token,
  )
  .catch(undefined);

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
