import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Fault, Faults } from './faults.ts';
import { receiveUpload } from './files.ts';
import { type Answer, refused } from './method.ts';
import { MalformedFieldError, readArguments, readBody, readUpload } from './request-body.ts';
import { respond } from './response-urls.ts';
import { callMethod } from './web-api.ts';
import type { Workspace } from './workspace.ts';

export type Backend = {
  readonly workspace: Workspace;
  readonly faults: Faults;
  readonly botToken: string;
  readonly appToken: string;
  readonly socketUrl: string;
};

/** Answers a request to the Web API, an upload URL or a response_url. */
export async function serve(
  backend: Backend,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const [, part, name = ''] = new URL(request.url ?? '/', 'http://slack').pathname.split('/');
  const body = await readBody(request);
  const contentType = request.headers['content-type'] ?? '';
  if (part === 'api') return serveMethod(backend, name, { request, contentType, body }, response);
  if (part === 'upload') return serveUpload(backend, name, { request, contentType, body }, response);
  if (part === 'response') {
    const fault = backend.faults.take('response_url', {});
    await fault?.until;
    if (fault !== undefined && breaks(fault)) return answerFault(backend.workspace, response, fault);
    const answer = respond(backend.workspace, name, JSON.parse(body.toString()));
    return end(response, answer.ok ? 200 : 404, answer.ok ? 'ok' : JSON.stringify(answer));
  }
  end(response, 404, 'not found');
}

type Incoming = { readonly request: IncomingMessage; readonly contentType: string; readonly body: Buffer };

async function serveUpload(
  { workspace, faults }: Backend,
  fileId: string,
  { contentType, body }: Incoming,
  response: ServerResponse,
): Promise<void> {
  const fault = faults.take('upload', {});
  await fault?.until;
  if (fault !== undefined && breaks(fault)) return answerFault(workspace, response, fault);
  const received = receiveUpload(workspace, fileId, await readUpload(contentType, body));
  if (fault?.dropResponse === true) response.destroy();
  else end(response, received ? 200 : 400, received ? 'OK' : 'not the announced file');
}

async function serveMethod(
  backend: Backend,
  name: string,
  { request, contentType, body }: Incoming,
  response: ServerResponse,
): Promise<void> {
  const { workspace, faults } = backend;
  const args = readCall(contentType, body);
  if ('error' in args) return answerWith(workspace, response, args);
  workspace.calls.push({ method: name, args: args.read, at: workspace.now() });
  const fault = faults.take(name, args.read);
  await fault?.until;
  if (fault !== undefined && breaks(fault)) return answerFault(workspace, response, fault);
  const token = request.headers.authorization?.replace(/^Bearer /, '') ?? args.read['token'];
  const answer = answerTo(backend, name, token, args.read);
  if (fault?.dropResponse === true) {
    response.destroy();
    return;
  }
  if (fault?.half === undefined) answerWith(workspace, response, answer);
  else answerHalf(response, answer, fault.half);
}

function answerHalf(response: ServerResponse, answer: Answer, half: 'broken' | 'stalled'): void {
  const body = JSON.stringify(answer);
  response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': body.length });
  response.write(body.slice(0, body.length / 2), () => {
    if (half === 'broken') response.destroy();
  });
}

function readCall(contentType: string, body: Buffer) {
  try {
    return { read: readArguments(contentType, body) };
  } catch (error) {
    if (!(error instanceof MalformedFieldError)) return refused('invalid_form_data');
    return refused(error.field === 'blocks' ? 'invalid_blocks_format' : 'invalid_arguments');
  }
}

function answerTo(
  { workspace, botToken, appToken, socketUrl }: Backend,
  name: string,
  token: unknown,
  args: Readonly<Record<string, unknown>>,
): Answer {
  if (token === botToken) return callMethod(workspace, name, args);
  // The app-level token is valid for this method only.
  if (token === appToken && name === SOCKET_METHOD) return { ok: true, url: `${socketUrl}/link/?ticket=1` };
  return wrongToken(workspace, name, token);
}

const SOCKET_METHOD = 'apps.connections.open';

function wrongToken(workspace: Workspace, method: string, token: unknown): Answer {
  const error = token === undefined ? 'not_authed' : 'invalid_auth';
  if (method !== 'auth.test' && method !== SOCKET_METHOD) {
    workspace.violations.push({
      method,
      path: '',
      rule: 'every call carries the bot token',
      slackError: error,
    });
  }
  return refused(error);
}

function breaks({ status, error, retryAfter }: Fault): boolean {
  return status !== undefined || error !== undefined || retryAfter !== undefined;
}

function answerFault(workspace: Workspace, response: ServerResponse, fault: Fault): void {
  const { retryAfter, status = retryAfter === undefined ? 200 : 429 } = fault;
  const { error = status === 429 ? 'ratelimited' : 'internal_error' } = fault;
  if (retryAfter !== undefined) response.setHeader('Retry-After', String(retryAfter));
  if (status === 200) answerWith(workspace, response, refused(error));
  else end(response, status, JSON.stringify(refused(error)));
}

function answerWith(workspace: Workspace, response: ServerResponse, answer: Answer): void {
  response.setHeader('Content-Type', 'application/json; charset=utf-8');
  response.setHeader('X-OAuth-Scopes', workspace.scopes.join(','));
  end(response, 200, JSON.stringify(answer));
}

function end(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status).end(body);
}
