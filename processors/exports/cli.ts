import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { UsageError, runCommand } from '../../ingest/program/command.ts';
import { readConfigBesideStack } from '../../ingest/program/running-stack.ts';
import { WAREHOUSE, warehouseOf } from '../../ingest/program/warehouse.ts';
import { SqlClient } from '../../sql/client.ts';
import { deliver } from './delivery/deliver.ts';
import { openDestination } from './delivery/destination.ts';
import { DATASETS, type Dataset } from './delivery/manifest.ts';
import { faultsOf } from './delivery/verify.ts';
import { EXPORT_FORMATS, type ExportFormat } from './export-format.ts';
import { ForecastExports } from './forecast-exports.ts';

/** A million rows may take so long on a busy machine, ms. */
const QUERY_TIMEOUT_MS = 600_000;

interface DeliverOptions {
  readonly to: string;
  readonly version: string;
  readonly formats: readonly ExportFormat[];
  readonly datasets: readonly Dataset[];
}

/** `npm run exports`: delivers the planners' files, and checks what was delivered. */
const program = new Command('exports')
  .exitOverride()
  .description(
    'The planners’ exports as files. Exit codes: 0 done or whole, 1 failed or not whole, 2 wrong usage',
  );
program
  .command('deliver')
  .description(
    'Makes the files of a forecast version and puts them into a folder of its name, `_SUCCESS` last. Safe to repeat.',
  )
  .requiredOption('--to <place>', 'a folder, s3://bucket/prefix or sftp://user@host:port/path')
  .option('--version <name>', 'of the forecast', 'latest')
  .option('--formats <list>', 'by comma', listOf(EXPORT_FORMATS), [...EXPORT_FORMATS])
  .option('--datasets <list>', 'by comma', listOf(DATASETS), [...DATASETS])
  .action(deliverVersion);
program
  .command('verify')
  .description('Whether a delivered folder of this machine is whole, byte for byte.')
  .argument('<folder>', 'the one with manifest.json')
  .action(verify);
await runCommand(() => program.parseAsync());

async function deliverVersion(options: DeliverOptions): Promise<void> {
  const config = readConfigBesideStack([
    ...WAREHOUSE,
    'DMS_SFTP_PASSWORD',
    'DMS_SFTP_KEY_FILE',
    'DMS_SFTP_HOST_KEY',
  ]);
  const sql = new SqlClient({
    ...warehouseOf(config),
    application: 'dms-exports',
    request_timeout_ms: QUERY_TIMEOUT_MS,
    is_background: true,
  });
  try {
    const version = await new ForecastExports(sql).version(options.version);
    if (version === undefined)
      throw new UsageError(
        options.version === 'latest'
          ? 'nothing was forecast yet'
          : `--version: there is no ${options.version}`,
      );
    const destination = await openDestination(options.to, version.forecast_version, {
      password: config.DMS_SFTP_PASSWORD,
      key_file: config.DMS_SFTP_KEY_FILE,
      host_key: config.DMS_SFTP_HOST_KEY,
    });
    try {
      const { is_unchanged, manifest } = await deliver(sql, destination, { ...options, version }, (step) => {
        console.log(`… ${step}`);
      });
      console.log(
        `${destination.address}: ${manifest.files.length} files of ${manifest.forecast_version}, revision ${manifest.revision}` +
          (is_unchanged ? ', were there already' : ''),
      );
    } finally {
      await destination.close();
    }
  } finally {
    await sql.close();
  }
}

async function verify(folder: string): Promise<void> {
  if (!(await stat(folder).catch(() => undefined))?.isDirectory())
    throw new UsageError(`${folder} is no folder`);
  const faults = await faultsOf(folder);
  for (const fault of faults) console.log(fault);
  if (faults.length > 0) process.exitCode = 1;
  else console.log(`whole: ${(await readFile(join(folder, '_SUCCESS'), 'utf8')).trim()}`);
}

function listOf<const Word extends string>(words: readonly Word[]): (text: string) => Word[] {
  return (text) => {
    const said = new Set(text.split(',').map((word) => word.trim()));
    const unknown = [...said].find((word) => !words.some((one) => one === word));
    if (unknown !== undefined)
      throw new InvalidArgumentError(`${JSON.stringify(unknown)} is none of ${words.join(', ')}`);
    return words.filter((word) => said.has(word));
  };
}
