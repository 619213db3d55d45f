import { resolve } from 'node:path';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';

/** What `npm start` was asked for. */
export interface StackOptions {
  demo: boolean;
  /** Whether every mart is made anew before the programs start. */
  rebuild: boolean;
  /** Absolute data folder. */
  dataDir: string;
  /** Address that the public server listens on. */
  host: string;
  /** Its port; undefined = the one of the last run if free, else any free one. */
  port: number | undefined;
}

/** The command line or its environment is wrong (`exitCode` 2), or help was asked for and given (`exitCode` 0). */
export class ArgumentsError extends Error {
  override readonly name = 'ArgumentsError';
  readonly exitCode: number;
  constructor(message: string, exitCode: number) {
    super(message);
    this.exitCode = exitCode;
  }
}

type Environment = Readonly<Record<string, string | undefined>>;
interface Parsed {
  demo: boolean;
  rebuild?: boolean;
  port?: number;
  data: string;
  host: string;
}

/**
 * Reads the command line of `npm start`; the environment stands in for an option that is left out.
 * @param args without node and the script
 * @throws ArgumentsError carrying what to print and the exit code
 */
export function parseArguments(args: readonly string[], env: Environment): StackOptions {
  const told: string[] = [];
  const command = new Command('npm start --')
    .description('Starts Kafka, ClickHouse and every program of Dealerstream, until Ctrl-C.')
    .option('--no-demo', 'without the simulated channel that feeds the demo')
    .option('--rebuild', 'make every mart anew from what is stored, before the programs start')
    .addOption(new Option('--port <number>', 'port of the wallboard (env: DMS_PORT)').argParser(port))
    .option('--data <folder>', 'data folder (env: DMS_DATA_DIR)', env['DMS_DATA_DIR'] || '.dms')
    .option('--host <address>', 'address to listen on (env: DMS_HOST)', env['DMS_HOST'] || '127.0.0.1')
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeOut: (text) => told.push(text), writeErr: (text) => told.push(text) });
  try {
    const parsed = command.parse(args, { from: 'user' }).opts<Parsed>();
    return {
      demo: parsed.demo,
      rebuild: parsed.rebuild ?? false,
      dataDir: resolve(parsed.data),
      host: parsed.host,
      // 0 means a free one, as everywhere else.
      port: (parsed.port ?? portOf(env['DMS_PORT'])) || undefined,
    };
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    throw new ArgumentsError(told.join('').trimEnd() || error.message, error.exitCode === 0 ? 0 : 2);
  }
}

function port(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) {
    throw new InvalidArgumentError('a port is a number from 0 to 65535.');
  }
  return Number(text);
}

function portOf(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  try {
    return port(text);
  } catch {
    throw new ArgumentsError(`error: DMS_PORT is '${text}', but a port is a number from 0 to 65535.`, 2);
  }
}
