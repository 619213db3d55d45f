import type { Patch } from './protocol-source.ts';

/** A wrong protocol: what it does instead. */
export interface Mutant extends Patch {
  readonly name: string;
}

/**
 * Each takes one safeguard away, clause by clause. Not among them, since they change nothing that an account can show:
 * - not ending an unclear or a former owner's insert: its token alone makes it harmless, the kill saves a wait;
 * - a takeover that forgets how many tries there were: query ids and salts repeat, and are tried once more;
 * - no fence before a dead letter's topic or row: a message that is dead for one owner is dead for all, so a stale
 *   owner's letter is the same one again;
 * - inserting again where a part of a block is there: the read-back after that finds too many rows and stops as well;
 * - repeating an open block although ClickHouse holds later offsets: that heals what the right one only shows;
 * - beginning after a dead letter that came late into an open range: the range holds what ClickHouse refuses, and cannot land;
 * - overwriting an open intent by a loss before it: that follows a power cut, after which no insert is under way;
 * - not comparing Kafka's end at a takeover: the lane stops too, when Kafka refuses to fetch beyond it;
 * - keeping to the server that the former owner's commit names: its successor then copies once more;
 * - going apart from a shared insert under its token: whoever comes second finds the token an orphan;
 * - assertions that nothing violates (a block is the next one, a dead letter is the next one).
 */
export const MUTANTS: readonly Mutant[] = [
  ...group('deliver-block.ts', [
    [
      'commits no intent before an insert',
      'const fenced_ms = await declareIntent(partition, intent);',
      'const fenced_ms = partition.clock.now_ms();',
    ],
    [
      'commits the end of a block before it is stored',
      'passFence(partition, intent.first, intent)',
      'passFence(partition, intent.last + 1, intent)',
    ],
    ['settles one offset too far', 'commit(partition.next, note)', 'commit(partition.next + 1, note)'],
    [
      'goes on when the fence holds it off',
      'commit(offset, metadata));',
      'commit(offset, metadata).catch(() => undefined));',
    ],
    ['inserts after a fence of whatever age', 'asked_ms <= FENCE_VALID_MS', 'asked_ms <= Infinity'],
    ['inserts long after it has looked', 'fenced_ms <= FENCE_VALID_MS', 'fenced_ms <= Infinity'],
    [
      'takes another owner’s rows for a contradiction',
      'await declareIntent(partition, intent); throw error;',
      'throw error;',
    ],
    [
      'uses a token of its own for each insert',
      'tokenOf(partition.name, intent), query_id',
      '`${query_id}${partition.clock.now_ms()}`, query_id',
    ],
    ['keeps to a token that has proved an orphan', 'attempt, salt: attempt }', 'attempt }'],
    [
      'drops the salt when it tries again',
      'intent = { ...intent, attempt: intent.attempt + 1 }; await loseTime',
      'intent = { ...intent, salt: 0, attempt: intent.attempt + 1 }; await loseTime',
    ],
    ['repeats an open block without its salt', 'earlier.salt, earlier', '0, earlier'],
    ['forgets the shared insert of an open block', 'earlier.shared)', "'')"],
    [
      'believes every acknowledgement',
      'if (await readBack(partition, block, intent)) return storedBy',
      'return storedBy',
    ],
    ['takes an unclear insert for absent', 'if (await readBack(partition, block, intent)) return true;', ''],
    [
      'takes an unclear insert for stored',
      'if (await readBack(partition, block, intent)) return true;',
      'return true;',
    ],
    ['accepts a part of a block', 'rows === range.n && offsets === range.n', 'rows > 0'],
    ['counts rows only', 'rows === range.n && offsets === range.n', 'rows === range.n'],
    ['counts offsets only', 'rows === range.n && offsets === range.n', 'offsets === range.n'],
    ['never repeats the view’s copy', 'if (intent.attempt > 0) {', 'if (intent.attempt < 0) {'],
    [
      'takes a refusal for an unclear answer',
      "if (error instanceof RefusedError) return { kind: 'refused', refusal: error };",
      '',
    ],
    [
      'cuts a block at the first refusal, though an earlier try may still come',
      'intent.attempt === 0 || refusals',
      'intent.attempt >= 0 || refusals',
    ],
  ]),
  ...group('intent.ts', [
    ['does not write the salt into the intent', 'salt=${salt}`', 'salt=0`'],
    [
      'does not write the shared insert into the intent',
      "return shared === '' ? own",
      'return own.length > 0 ? own',
    ],
    [
      'repeats its part of a shared insert under a token of its own',
      "intent.shared !== '' && intent.salt === 0",
      "intent.shared !== '' && intent.attempt === 0",
    ],
    [
      'uses another token for each try',
      '${intent.first}-${intent.last}`; return',
      '${intent.first}-${intent.last}+${intent.attempt}`; return',
    ],
  ]),
  ...group('deliver-run.ts', [
    [
      'sets a whole refused block aside',
      'if (only === undefined) pieces.push(...cut(piece, outcome.refusal).reverse());',
      'if (only === undefined) for (let i = 0; i < piece.length; i += 1) await setAside(partition, piece.at(i)!, outcome.refusal.reason);',
    ],
    ['sets a message aside at its first refusal', 'REFUSALS_TO_DIE = 2', 'REFUSALS_TO_DIE = 1'],
    [
      'does not look at messages in a batch',
      'if (codec.areSound(deliveries)) return',
      'if (deliveries.length > 1) return',
    ],
    [
      'accounts for a dead letter before it is on the topic',
      'await partition.log.publishDeadLetter(letter);',
      'await storeLetter(partition, letter); await partition.log.publishDeadLetter(letter);',
    ],
    ['publishes no dead letter', 'await partition.log.publishDeadLetter(letter);', ''],
    [
      'believes that a dead letter was written',
      'if (!(await partition.ledger.isSetAside(offset)))',
      'if (offset < 0)',
    ],
    ['does not compare the digest of an open block', 'earlier.hash !== block.hash', 'false'],
    [
      'sets a changed message of an open block aside',
      "if (earlier !== null) throw changed(earlier, 'they now hold a message that cannot be stored');",
      '',
    ],
    [
      'stamps an open block anew',
      'open?.ingested_at_ms ?? partition.clock.now_ms()',
      'partition.clock.now_ms()',
    ],
  ]),
  ...group('deliver-batch.ts', [
    [
      'repeats an open block as a new one',
      'rest.at(0)?.offset === still.first ? still : null',
      'rest.at(0)?.offset === still.first ? null : null',
    ],
    [
      'settles while a block is open',
      'if (still === null) await settle(partition);',
      'await settle(partition);',
    ],
    [
      'delivers what a late insert has stored',
      'partition.next > first ? batch',
      'partition.next > Infinity ? batch',
    ],
  ]),
  ...group('take-over.ts', [
    [
      'ignores the open intent',
      "const open = found === 'absent' ? intent : null;",
      "const open = found === 'absent' ? null : null;",
    ],
    [
      'takes an open block for absent',
      'const { first, last } = intent;',
      "const { first, last } = intent; if (first >= 0) return 'absent';",
    ],
    [
      'takes an open block for stored',
      'const { first, last } = intent;',
      "const { first, last } = intent; if (first >= 0) return 'stored';",
    ],
    [
      'believes Kafka’s offset before ClickHouse',
      'next: next ?? (committed',
      'next: committed ?? next ?? (committed',
    ],
    ['begins an empty table where Kafka begins', 'Math.min(committed, start)', 'start'],
    [
      'does not see an insert that lands while it looks',
      "found === 'stored' && intent !== null ? Math.max(intent.last, max.accounted ?? 0) : max.accounted;",
      'max.accounted;',
    ],
    [
      'stops when a later owner has gone on',
      'if (now.metadata === committed.metadata && now.offset === committed.offset) throw error;',
      'throw error;',
    ],
    ['believes the first end that Kafka shows', 'const END_CHECKS = 5', 'const END_CHECKS = 1'],
    ['does not complete copies at a takeover', 'if (stored === null) return;', 'return;'],
    [
      'completes no copies that Kafka says are settled',
      'if (stored === null) return;',
      'if (stored === null || committed === null || stored < committed) return;',
    ],
    [
      'does not look whether the server was started since',
      'server_s !== null && Math.abs(server_s - max.server_s) <= SERVER_START_BLUR_S',
      'true',
    ],
    [
      'copies what came from the commit on only, though the server was started since',
      'const recent = isSameServer ? from',
      'const recent = isSameServer || !isSameServer ? from',
    ],
    [
      'crosses a gap without declaring the loss',
      'if (start > first) await declareLoss',
      'if (start > Infinity) await declareLoss',
    ],
    [
      'declares every gap a loss',
      'if (start > first) await declareLoss(partition, first, Math.min(start, offset) - 1, kept);',
      'if (start >= 0) await declareLoss(partition, first, offset - 1, kept);',
    ],
    ['declares a loss without the fence', 'await passFence(partition, open?.first ?? first, open);', ''],
    ['gives up a block that Kafka must still have', 'if (start <= open.first) {', 'if (start < 0) {'],
    ['gives an open block up at once', 'await clock.sleep(LATE_INSERT_MS);', ''],
    ['gives an open block up without looking', 'await giveUp(partition, open);', ''],
    ['gives an open block up without the fence', 'await passFence(partition, open.first, open);', ''],
  ]),
];

/** Mutants of one file: name, what stands there, what stands there instead. */
function group(file: Patch['file'], changes: readonly (readonly [string, string, string])[]): Mutant[] {
  return changes.map(([name, find, replace]) => ({ name, file, find, replace }));
}
