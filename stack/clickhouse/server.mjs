// A ClickHouse server of one process, out of chdb's library (an npm package of its own): clickhouse-local with its
// listeners switched on. Usage: node server.mjs CONFIG_FILE LIBRARY_FILE (see clickhouse.ts, which renders both files).
// Nothing else lives in this process: the call below occupies the main thread until the server ends, so signals
// keep their default effect. SIGTERM ends the process at once; MergeTree tables are whole after any end.
import { DataType, load, open } from 'ffi-rs';

const [configFile, libraryFile] = process.argv.slice(2);
if (configFile === undefined || libraryFile === undefined) {
  console.error('usage: node server.mjs CONFIG_FILE LIBRARY_FILE');
  process.exit(2);
}
open({ library: 'chdb', path: libraryFile });

const LISTEN_FOR_EVER = [
  'SYSTEM START LISTEN HTTP',
  'SYSTEM START LISTEN TCP',
  'SELECT sleepEachRow(1) FROM system.numbers' +
    ' SETTINGS max_block_size = 1, function_sleep_max_microseconds_per_block = 0 FORMAT Null',
].join('; ');
// The level of the configuration file is overruled by this option's default (trace).
const args = [
  'clickhouse',
  `--config-file=${configFile}`,
  '--log-level=warning',
  '--multiquery',
  '--query',
  LISTEN_FOR_EVER,
];

load({
  library: 'chdb',
  funcName: 'query_stable_v2',
  retType: DataType.External,
  paramsType: [DataType.I32, DataType.StringArray],
  paramsValue: [args.length, args],
});
// The last query never ends by itself: whoever comes here was refused something, or its main query was killed.
console.error('the ClickHouse library returned: the server is not running');
process.exit(1);
