import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sqlText } from './client.ts';
import { readMigrations } from './migration-files.ts';
import { renderStatement, type RenderContext } from './render.ts';
import { SCHEMA_OBJECTS } from './schema-objects.ts';
import { splitStatements } from './statements.ts';

const single: RenderContext = {
  database: 'dms',
  cluster: null,
  user: 'dms',
  password: "p'w\\",
  time_zone: 'Asia/Shanghai',
  reporting_currency: 'CNY',
};
const cluster: RenderContext = { ...single, cluster: 'east' };

const statements = [
  ...readMigrations(join(import.meta.dirname, 'migrations')).flatMap((migration) => migration.statements),
  ...SCHEMA_OBJECTS.flatMap((file) => splitStatements(sqlText(file))),
];

describe('on one server', () => {
  test('nothing of a cluster is left in any statement', () => {
    for (const statement of statements) {
      const rendered = renderStatement(statement, single);
      expect(rendered ?? '').not.toMatch(/\{\{|ON CLUSTER|Replicated|Distributed|_local\b/);
    }
  });

  test('a Distributed table is no statement at all', () => {
    expect(renderStatement('{{distributed:raw_x rand()}}', single)).toBeNull();
    expect(renderStatement('-- said before it\n{{distributed:raw_x rand()}}', single)).toBeNull();
  });
});

describe('on a cluster', () => {
  test('a ledger becomes a replicated table of each shard under a Distributed one', () => {
    expect(
      renderStatement(
        'CREATE TABLE IF NOT EXISTS raw_x{{local}} {{on_cluster}} (a UInt8) ENGINE = {{engine:ReplacingMergeTree(v)}} ORDER BY a SETTINGS {{deduplication_window}} = 10000',
        cluster,
      ),
    ).toBe(
      "CREATE TABLE IF NOT EXISTS raw_x_local ON CLUSTER 'east' (a UInt8) ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}', v) ORDER BY a SETTINGS replicated_deduplication_window = 10000",
    );
    expect(renderStatement('{{distributed:raw_x sipHash64(_topic, _partition)}}', cluster)).toBe(
      "CREATE TABLE IF NOT EXISTS raw_x ON CLUSTER 'east' AS raw_x_local\nENGINE = Distributed('east', 'dms', raw_x_local, sipHash64(_topic, _partition))",
    );
  });

  test('a small table has one copy on every node', () => {
    expect(renderStatement('{{engine_everywhere:MergeTree}}', cluster)).toBe(
      "ReplicatedMergeTree('/clickhouse/tables/everywhere/{database}/{table}', '{replica}')",
    );
  });

  test('every object is created on every node, and no table keeps an engine of one server', () => {
    for (const statement of statements) {
      const rendered = renderStatement(statement, cluster) ?? '';
      expect(rendered).not.toContain('{{');
      if (/^\s*CREATE /m.test(rendered)) expect(rendered).toContain("ON CLUSTER 'east'");
      expect(rendered).not.toMatch(/ENGINE = (Replacing|Summing|Aggregating)?MergeTree/);
    }
  });
});

test('a password cannot leave its string', () => {
  expect(renderStatement('{{dictionary_access}}', single)).toBe("USER 'dms' PASSWORD 'p\\'w\\\\'");
});

test('an unknown placeholder is refused', () => {
  expect(() => renderStatement('SELECT {{nothing}}', single)).toThrow('unknown placeholder {{nothing}}');
});
