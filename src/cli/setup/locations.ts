import { addLocation } from '../../database/reports/locations.ts';
import { LocationUrlError } from '../../depot-api/errors.ts';
import { parseBaseUrl } from '../../depot-api/http/base-url.ts';
import { askFor, type Terminal } from './terminal.ts';

/** What is typed for a target: the location's code, its name for people, and the address of its depot server. */
type NewLocation = { readonly code: string; readonly name: string; readonly address: string };

/**
 * Asks for the depot server of each target and writes its row, where `locations` has none at all: in a database that the
 * migrations have just laid out. Where the account may not write there, says which statement does it.
 */
export async function fillLocations(
  terminal: Terminal,
  databaseUrl: string,
  targets: ReadonlyMap<string, string>,
): Promise<void> {
  const say = (line: string) => terminal.say(line);
  say('');
  say('The depot servers: the table locations is empty, and each target needs its row there');
  say(
    '  The address that the web page for user syncs calls, such as https://dev.mydeposys.com; Enter leaves it out',
  );
  for (const [target, code] of targets) {
    const address = await askForAddress(terminal, target);
    if (address === '') continue;
    const usual = `${target.charAt(0).toUpperCase()}${target.slice(1)}`;
    const location = { code, name: await askFor(terminal, `Name of ${target} for people`, usual), address };
    try {
      await addLocation(databaseUrl, location);
      say(`  written: ${code} (${location.name}), ${address}`);
    } catch (error) {
      say(`  not written: ${error instanceof Error ? error.message : String(error)}`);
      say(`  To do: ${statementFor(location)}`);
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

function statementFor({ code, name, address }: NewLocation): string {
  const quoted = [code, name, address].map((text) => `'${text.replaceAll("'", "''")}'`).join(', ');
  return `INSERT INTO locations (location_code, location_name, online_url) VALUES (${quoted})`;
}
