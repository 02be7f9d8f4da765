import { parseArgs } from 'node:util';
import { formatReport } from './format-report.ts';
import { endMediaLibrary } from './receive-peer.ts';
import { type LoadOptions, runLoad } from './run-load.ts';

const USAGE = `Usage: node packages/loadgen/src/cli.ts --url URL [options]

  --url URL         server, such as http://localhost:8080
  --room NAME       default demo
  --viewers N       viewers that join at once, default 50
  --seconds S       how long to measure once all play, default 10
  --join-seconds S  how long joining may take, default 15
  --json            print the report as JSON

Exit code 0 when every viewer received media.
`;

/** @throws when the arguments cannot be understood */
function parse(argv: string[]): LoadOptions & { json: boolean } {
  const { values } = parseArgs({
    args: argv,
    options: {
      url: { type: 'string' },
      room: { type: 'string', default: 'demo' },
      viewers: { type: 'string', default: '50' },
      seconds: { type: 'string', default: '10' },
      'join-seconds': { type: 'string', default: '15' },
      json: { type: 'boolean', default: false },
    },
  });
  if (!values.url) throw new Error('--url is missing');
  const number = (name: 'viewers' | 'seconds' | 'join-seconds', minimum: number) => {
    const value = Number(values[name]);
    if (!(value >= minimum)) throw new Error(`--${name} must be a number of at least ${minimum}`);
    return value;
  };
  return {
    server: new URL(values.url),
    room: values.room,
    viewers: Math.floor(number('viewers', 1)),
    seconds: number('seconds', 1),
    joinSeconds: number('join-seconds', 1),
    json: values.json,
  };
}

async function main(argv: string[]): Promise<number> {
  let options: ReturnType<typeof parse>;
  try {
    options = parse(argv);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n\n${USAGE}`);
    return 2;
  }
  const report = await runLoad({ ...options, log: (line) => process.stderr.write(`${line}\n`) });
  process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : formatReport(report));
  return report.receiving === report.viewers ? 0 : 1;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
} finally {
  endMediaLibrary();
}
