import type { IncomingMessage } from 'node:http';
import { z } from 'zod';

/** Form fields that contain JSON. */
const JSON_FIELDS = new Set(['blocks', 'attachments', 'message', 'view', 'metadata', 'files']);

/** A form field should be JSON but is not. */
export class MalformedFieldError extends Error {
  override readonly name = 'MalformedFieldError';
  readonly field: string;
  constructor(field: string, options: { cause: unknown }) {
    super(`${field} is not JSON`, options);
    this.field = field;
  }
}

/** Reads the whole body of a request. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

/** The arguments of a Web API call, from a form or JSON. Throws `MalformedFieldError`. */
export function readArguments(contentType: string, body: Buffer): Record<string, unknown> {
  if (contentType.startsWith('application/json')) {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(body.toString()));
  }
  const fields = [...new URLSearchParams(body.toString())];
  return Object.fromEntries(
    fields.map(([field, value]) => [field, JSON_FIELDS.has(field) ? json(field, value) : value]),
  );
}

/** The bytes of an upload: the body itself, or the one file of a multipart form. */
export async function readUpload(contentType: string, body: Buffer): Promise<Buffer> {
  if (!contentType.startsWith('multipart/form-data')) return body;
  const form = await new Response(new Uint8Array(body), {
    headers: { 'Content-Type': contentType },
  }).formData();
  const file = [...form.values()].find((value) => value instanceof Blob);
  return file === undefined ? Buffer.alloc(0) : Buffer.from(await file.arrayBuffer());
}

function json(field: string, value: string): unknown {
  try {
    return JSON.parse(value);
  } catch (cause) {
    throw new MalformedFieldError(field, { cause });
  }
}
