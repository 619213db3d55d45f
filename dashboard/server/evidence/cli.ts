import { readFile } from 'node:fs/promises';
import { Command } from 'commander';
import { UsageError, runCommand } from '../../../ingest/program/command.ts';
import { differencesOfAccounts, differencesOfConfidence } from './evidence-files.ts';
import { verifyPack } from './pack.ts';

const UNCOMPARED =
  'This says that the pack agrees with itself. That it is the one that was given out says --digest, with the digest that came with it.\n';

/** Says what is wrong with a pack, a line for each fault, and ends with 1; or that it is whole, with its digest. */
async function verify(file: string, { digest }: { readonly digest?: string }): Promise<void> {
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw new UsageError(`${file} cannot be read: ${String(cause)}`);
  });
  const verdict = verifyPack(bytes);
  const faults = [...verdict.faults];
  if (faults.length === 0)
    faults.push(...differencesOfAccounts(verdict.files), ...differencesOfConfidence(verdict.files));
  if (digest !== undefined && verdict.digest !== null && verdict.digest !== digest.toLowerCase()) {
    faults.push(`the digest is ${verdict.digest}, not ${digest}`);
  }
  for (const fault of faults) process.stdout.write(`${fault}\n`);
  if (faults.length > 0) {
    process.exitCode = 1;
    return;
  }
  process.stdout.write(
    `whole: ${Object.keys(verdict.files).length} files, digest ${String(verdict.digest)}\n`,
  );
  if (digest === undefined) process.stdout.write(UNCOMPARED);
}

const program = new Command('evidence')
  .exitOverride()
  .description(
    'Checks evidence packs of cases, without a network. Exit codes: 0 whole, 1 not, 2 wrong usage',
  );
program
  .command('verify')
  .argument('<pack>', 'the ZIP that GET /v1/alerts/{id}/evidence gave')
  .option('--digest <sha256>', 'of the manifest: the header evidence-digest with which the pack came')
  .action(verify);

await runCommand(() => program.parseAsync());
