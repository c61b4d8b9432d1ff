import { createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { json as readJson } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { IDLE_MS, listenHere } from '../process/listen.ts';
import { type DepotDialect, loginAnswer, pageAnswer, TODAY } from './answers.ts';
import { type DepotReply, sendReply } from './replies.ts';
import { type DepotUser, makeDepotUsers } from './users.ts';

type DepotRequest = {
  readonly method: string;
  readonly path: string;
  /** Undefined for a login; so are `order` and `limit`. */
  readonly page: number | undefined;
  readonly order: 'asc' | 'desc' | undefined;
  readonly limit: number | undefined;
  readonly headers: IncomingHttpHeaders;
};

/** May be changed while the server runs. */
type DepotFaults = DepotDialect & {
  /** Called with every request before it is served. May change the users, and may answer instead of the server. */
  onRequest:
    | ((request: DepotRequest) => DepotReply | undefined | Promise<DepotReply | undefined>)
    | undefined;
  /** The number of pages that one token may read. */
  tokenLifetime: number | undefined;
  /** The expiry time of the token in the answer to a login. */
  expiredTime: string | undefined;
};

export type DepotServerOptions = {
  readonly users?: DepotUser[];
  /** The number of users to create if `users` is not given. */
  readonly count?: number;
  readonly email?: string;
  readonly password?: string;
  /** Milliseconds before each answer. */
  readonly latencyMs?: number;
  readonly port?: number;
};

export type DepotServer = {
  readonly url: string;
  /** The live list. Tests may change it at any time. */
  readonly users: DepotUser[];
  readonly requests: DepotRequest[];
  readonly faults: DepotFaults;
  stop(): Promise<void>;
};

/** Starts a depot server on 127.0.0.1 that behaves as the contract describes today's servers, until its faults are changed. */
export async function startDepotServer(options: DepotServerOptions = {}): Promise<DepotServer> {
  const users = options.users ?? makeDepotUsers(options.count ?? 0);
  const requests: DepotRequest[] = [];
  const faults: DepotFaults = {
    ...TODAY,
    onRequest: undefined,
    tokenLifetime: undefined,
    expiredTime: undefined,
  };
  const serve = createService(users, faults, options);
  const answer = async (message: IncomingMessage): Promise<DepotReply> => {
    const request = describeRequest(message);
    requests.push(request);
    if (options.latencyMs !== undefined) await wait(options.latencyMs);
    return (await faults.onRequest?.(request)) ?? serve(request, message);
  };
  const server = createServer({ keepAliveTimeout: IDLE_MS }, (message, response) => {
    // A client that disconnects during its request is not an error of the server.
    answer(message).then(
      (reply) => sendReply(response, reply),
      () => response.destroy(),
    );
  });
  const { port, stop } = await listenHere(server, options.port);
  return { url: `http://127.0.0.1:${port}`, users, requests, faults, stop };
}

function describeRequest(message: IncomingMessage): DepotRequest {
  const url = new URL(message.url ?? '/', 'http://depot');
  const number = (name: string) =>
    url.searchParams.has(name) ? Number(url.searchParams.get(name)) : undefined;
  const order = url.searchParams.get('order');
  return {
    method: message.method ?? '',
    path: url.pathname,
    page: number('page'),
    limit: number('limit'),
    order: order === 'asc' || order === 'desc' ? order : undefined,
    headers: message.headers,
  };
}

type Service = (request: DepotRequest, message: IncomingMessage) => Promise<DepotReply>;

function createService(users: DepotUser[], faults: DepotFaults, options: DepotServerOptions): Service {
  const pagesServed = new Map<string, number>();
  const { email = 'admin@example.com', password = 'correct_password' } = options;

  async function logIn(message: IncomingMessage): Promise<DepotReply> {
    const sent = (await readJson(message)) as { email?: unknown; password?: unknown };
    if (!sent.email || !sent.password) return refuse(500, 'You must input email and password');
    if (sent.email !== email || sent.password !== password) return refuse(401, 'Unauthorized');
    const token = `depot-token-${pagesServed.size + 1}`;
    pagesServed.set(token, 0);
    return { json: loginAnswer(token, faults.tokenShape, faults.expiredTime) };
  }

  function list({ page, limit, order, headers }: DepotRequest): DepotReply {
    const token = headers.authorization?.replace(/^Bearer /, '') ?? '';
    const served = pagesServed.get(token);
    if (served === undefined || served >= (faults.tokenLifetime ?? Number.POSITIVE_INFINITY))
      return refuse(401, 'Unauthenticated.');
    pagesServed.set(token, served + 1);
    if (page === undefined || limit === undefined || order === undefined) return refuse(422, 'Bad query');
    return { json: pageAnswer(users, { page, limit, order }, faults) };
  }

  return async (request, message) => {
    const route = `${request.method} ${request.path}`;
    // Laravel redirects a request to the login page if it does not look like one of Laravel's own scripts.
    if (request.headers['x-requested-with'] !== 'XMLHttpRequest')
      return { status: 302, headers: { Location: '/login' } };
    if (route === 'POST /api/auth/login') return logIn(message);
    return route === 'GET /api/conf/users' ? list(request) : refuse(404, 'Not found');
  };
}

function refuse(status: number, message: string): DepotReply {
  return { status, json: { message, status: 'error' } };
}
