import { nameForTarget } from '../../config/shapes.ts';
import { addLocation } from '../../database/schema/single-connection.ts';
import { LocationUrlError } from '../../depot-api/errors.ts';
import { parseBaseUrl } from '../../depot-api/http/base-url.ts';
import { messageOf } from '../../sync/failures/failure.ts';
import type { Finding } from '../doctor/check.ts';
import { insertLocation } from '../doctor/target-checks.ts';
import { askFor, askForSecret, type Question, type Terminal } from './interview.ts';

const DEFAULT_TARGETS = 'dev,test,prod';

/** Asks for the targets. `locations`: the rows as text; undefined if unreadable. If there are none, their check waits. */
export function targetQuestion(locations: readonly string[] | undefined): Question {
  return {
    title: 'What the command accepts',
    where: [
      'Names, each the location_code of its row in locations, or prod=sby where the code is another',
      ...(locations === undefined || locations.length === 0 ? [] : [`There are: ${locations.join(', ')}`]),
    ],
    ask: async (terminal, known) => ({
      SYNC_TARGETS: await askFor(terminal, 'SYNC_TARGETS', known['SYNC_TARGETS'] || DEFAULT_TARGETS),
    }),
    judges: locations?.length === 0 ? [] : [{ topic: 'location' }],
  };
}

/** Asks for the login at all depot servers, or at the one of `target`, if that differs. */
export function loginQuestion(target?: string): Question {
  const named = (setting: string) => (target === undefined ? setting : nameForTarget(setting, target));
  const [email, password] = [named('EXTERNAL_API_EMAIL'), named('EXTERNAL_API_PASSWORD')];
  const account =
    'The account that the web page for user syncs logs in with; ask whoever runs the depot servers';
  return {
    title: `The login at the depot ${target === undefined ? 'servers' : `server of ${target}`}`,
    where: [target === undefined ? account : 'Ask whoever runs it'],
    ask: async (terminal, known) => ({
      [email]: await askFor(terminal, email, known[email]),
      [password]: await askForSecret(terminal, password, known[password]),
    }),
    judges: [{ topic: 'depot', target }],
  };
}

/** The targets whose depot servers refuse a login that other servers accept. */
export function refusedTargets(findings: readonly Finding[]): readonly string[] {
  const taken = findings.some(({ status }) => status === 'pass');
  if (!taken) return [];
  return findings.flatMap((finding) =>
    finding.status === 'fail' && finding.loginRefused && finding.target !== undefined ? [finding.target] : [],
  );
}

/** Fills an empty table `locations`: asks for each target's server. Shows the statement if the account may not write there. */
export async function fillLocations(
  terminal: Terminal,
  databaseUrl: string,
  targets: ReadonlyMap<string, string>,
): Promise<void> {
  const { say } = terminal;
  say('');
  say('The depot servers: the table locations is empty, and each target needs its row there');
  say(
    '  The address that the web page for user syncs calls, such as https://dev.mydeposys.com; Enter leaves it out',
  );
  for (const [target, code] of targets) {
    const address = await askForAddress(terminal, target);
    if (address === '') continue;
    const usual = `${target.charAt(0).toUpperCase()}${target.slice(1)}`;
    const name = await askFor(terminal, `Name of ${target} for people`, usual);
    try {
      await addLocation(databaseUrl, { code, name, address });
      say(`  written: ${code} (${name}), ${address}`);
    } catch (error) {
      say(`  not written: ${messageOf(error)}`);
      say(`  To do: ${insertLocation(code, name, address)}`);
    }
  }
}

async function askForAddress(terminal: Terminal, target: string): Promise<string> {
  for (;;) {
    const address = await askFor(terminal, `Address of ${target}`);
    if (address === '') return '';
    try {
      return parseBaseUrl(address, target).href;
    } catch (error) {
      if (!(error instanceof LocationUrlError)) throw error;
      terminal.say(`  ${error.message}`);
    }
  }
}
