import { Command, InvalidArgumentError, Option } from 'commander';
import { pino } from 'pino';
import { PERSON_ROLES, type PersonRole } from '../../models/contract/roles.ts';
import { createKafka, type Kafka } from '../kafka.ts';
import { UsageError, runCommand } from '../program/command.ts';
import { readConfigBesideStack } from '../program/running-stack.ts';
import { KeyDirectory } from './key-directory.ts';
import {
  createKeyRecord,
  createSecret,
  KEY_KINDS,
  SECRET_PREFIX,
  type KeyKind,
  type KeyRecord,
  type KeyScope,
} from './key-record.ts';
import { writeKeyRecord } from './key-writer.ts';

/** What the user asked for cannot be done; told in one line. */
class KeysError extends Error {}

interface Scope {
  readonly kind: KeyKind;
  readonly source?: string[];
  readonly dealer?: string[];
  readonly role?: PersonRole;
  readonly name: string;
}

interface Session {
  readonly kafka: Kafka;
  readonly topicPrefix: string;
  readonly directory: KeyDirectory;
}

/** Opens the keys, does the work, closes them. */
async function withKeys(work: (session: Session) => Promise<void>): Promise<void> {
  const config = readConfigBesideStack(['KAFKA_BROKERS', 'DMS_TOPIC_PREFIX']);
  // Standard output carries the answer only; what fails is told as an error, so the client's own words are for debugging.
  const log = pino({ name: 'keys', level: process.env['LOG_LEVEL'] ?? 'fatal' }, pino.destination(2));
  const kafka = createKafka({ brokers: config.KAFKA_BROKERS, clientId: 'dms-keys', log });
  const topicPrefix = config.DMS_TOPIC_PREFIX;
  let failure: Error | undefined;
  const onFailure = (error: Error): void => {
    failure = error;
  };
  const directory = await KeyDirectory.start({ kafka, topicPrefix, log, onFailure });
  try {
    await work({ kafka, topicPrefix, directory });
  } finally {
    await directory.stop();
  }
  if (failure) throw failure;
}

async function add(options: Scope): Promise<void> {
  const scope = scopeOf(options);
  await withKeys(async ({ kafka, topicPrefix }) => {
    const secret = createSecret(options.kind);
    const record = createKeyRecord(secret, scope, new Date());
    await writeKeyRecord(kafka, topicPrefix, record);
    print({ ...shown(record), secret });
    process.stderr.write('The secret is shown only now; keep it.\n');
  });
}

/** Registers a secret that was made elsewhere. Again with the same scope changes nothing; a revoked one stays revoked. */
async function importSecret(options: Scope & { readonly secretEnv: string }): Promise<void> {
  const scope = scopeOf(options);
  const secret = process.env[options.secretEnv];
  if (!secret) throw new UsageError(`${options.secretEnv} is not set`);
  // 32 bytes are 43 letters of base64url.
  if (!new RegExp(`^${SECRET_PREFIX[options.kind]}[A-Za-z0-9_-]{43}$`).test(secret)) {
    throw new UsageError(
      `${options.secretEnv} must be ${SECRET_PREFIX[options.kind]} and 32 bytes in base64url`,
    );
  }
  await withKeys(async ({ kafka, topicPrefix, directory }) => {
    const record = createKeyRecord(secret, scope, new Date());
    const known = directory.list().find(({ hash }) => hash === record.hash);
    if (known?.revoked_at !== undefined) throw new KeysError(`key ${known.key_id} was revoked`);
    const wanted = { ...record, created_at: known?.created_at ?? record.created_at };
    if (JSON.stringify(known) !== JSON.stringify(wanted)) await writeKeyRecord(kafka, topicPrefix, wanted);
    print(shown(wanted));
  });
}

async function list(): Promise<void> {
  await withKeys(({ directory }) => {
    for (const record of directory.list()) print(shown(record));
    return Promise.resolve();
  });
}

async function revoke(keyId: string): Promise<void> {
  await withKeys(async ({ kafka, topicPrefix, directory }) => {
    const record = directory.list().find(({ key_id }) => key_id === keyId);
    if (!record) throw new KeysError(`no key has the id ${keyId}`);
    const revoked = { ...record, revoked_at: record.revoked_at ?? new Date().toISOString() };
    if (record.revoked_at === undefined) await writeKeyRecord(kafka, topicPrefix, revoked);
    print(shown(revoked));
  });
}

function scopeOf({ kind, source, dealer, role, name }: Scope): KeyScope {
  if (kind !== 'person' && role) throw new UsageError(`--role is for a person, not for --kind ${kind}`);
  if (kind !== 'ingest') {
    if (source ?? dealer)
      throw new UsageError(`a ${kind} token writes nothing: it takes no --source and no --dealer`);
    if (kind === 'display') return { kind, sources: [], dealers: [], name };
    if (!role) throw new UsageError(`a person needs --role (${PERSON_ROLES.join(', ')})`);
    if (name === '') throw new UsageError('a person needs --name: what they decide is kept under it');
    return { kind, sources: [], dealers: [], role, name };
  }
  if (!source) throw new UsageError("an ingest key needs --source (the feed's id, or '*' for every one)");
  return { kind, sources: everyOr(source), dealers: dealer ? everyOr(dealer) : '*', name };
}

function everyOr(ids: string[]): '*' | string[] {
  return ids.includes('*') ? '*' : ids;
}

/** A key without its hash. */
function shown({ key_id, kind, role, name, sources, dealers, created_at, revoked_at }: KeyRecord): object {
  return {
    key_id,
    kind,
    ...(role && { role }),
    name,
    sources,
    dealers,
    created_at,
    ...(revoked_at && { revoked_at }),
  };
}

function print(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

function idOf(text: string, before: string[] = []): string[] {
  if (text.length > 64) throw new InvalidArgumentError('an id has at most 64 characters');
  return [...before, text];
}

function createProgram(): Command {
  const kind = new Option('--kind <kind>', 'what it is for').choices(KEY_KINDS).default('ingest');
  const scoped = (command: Command): Command =>
    command
      .addOption(kind)
      .option('--source <source>', "a feed that it may write for, repeatable; '*' for every one", idOf)
      .option(
        '--dealer <dealer>',
        'a dealer that it may write for, repeatable; every one when left out',
        idOf,
      )
      .addOption(new Option('--role <role>', 'what a person may do').choices(PERSON_ROLES))
      .option('--name <name>', 'what to call it', '');
  const program = new Command('keys')
    .exitOverride()
    .description('Keys of the ingest edge and the wallboard. One line of JSON a key.');
  scoped(program.command('add').description('make a key and show its secret, once')).action(add);
  scoped(program.command('import').description('register a secret that exists; again changes nothing'))
    .requiredOption('--secret-env <variable>', 'environment variable that holds the secret')
    .action(importSecret);
  program.command('list').description('show every key, revoked ones too').action(list);
  program.command('revoke').description('close a key for good').argument('<key_id>').action(revoke);
  return program;
}

await runCommand(() => createProgram().parseAsync());
