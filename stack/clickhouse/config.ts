/** What of a server's configuration differs from one stack to the next. */
export interface ServerConfigOptions {
  /** Absolute folder of tables and metadata. */
  path: string;
  /** Absolute path of users.xml. */
  usersFile: string;
  httpPort: number;
  tcpPort: number;
  /** Of the machine, in bytes. */
  memory_bytes: number;
}

const GIB = 1024 ** 3;
/** A third of the machine, 6 GiB at most: Kafka, five Node programs and a browser live beside it. */
const MEMORY_SHARE = 1 / 3;
const MEMORY_BYTES_MAX = 6 * GIB;

/**
 * The config.xml of the embedded server: loopback only, sized for two cores, quiet when idle. Of the system logs only
 * query_log stays (audit and slow queries), for a week at most: every other one would write parts for ever on its own.
 */
export function serverConfigXml(options: ServerConfigOptions): string {
  const memory_bytes = Math.floor(Math.min(options.memory_bytes * MEMORY_SHARE, MEMORY_BYTES_MAX));
  return `<clickhouse>
  <logger>
    <console>1</console>
    <level>warning</level>
  </logger>
  <path>${escapeXml(options.path)}/</path>
  <users_config>${escapeXml(options.usersFile)}</users_config>
  <listen_host>127.0.0.1</listen_host>
  <http_port>${options.httpPort}</http_port>
  <tcp_port>${options.tcpPort}</tcp_port>
  <timezone>UTC</timezone>

  <max_server_memory_usage>${memory_bytes}</max_server_memory_usage>
  <mark_cache_size>${GIB / 4}</mark_cache_size>
  <max_concurrent_queries>100</max_concurrent_queries>
  <max_connections>512</max_connections>
  <background_pool_size>4</background_pool_size>
  <background_schedule_pool_size>8</background_schedule_pool_size>
  <background_common_pool_size>2</background_common_pool_size>
  <!-- Merges can wait a little; whoever asks or writes cannot. Without CAP_SYS_NICE it does nothing. -->
  <os_threads_nice_value_merge_mutate>5</os_threads_nice_value_merge_mutate>
  <merge_tree>
    <!-- Merges of this size need free threads left; the defaults assume a pool of 16. -->
    <number_of_free_entries_in_pool_to_execute_mutation>2</number_of_free_entries_in_pool_to_execute_mutation>
    <number_of_free_entries_in_pool_to_lower_max_size_of_merge>2</number_of_free_entries_in_pool_to_lower_max_size_of_merge>
    <number_of_free_entries_in_pool_to_execute_optimize_entire_partition>2</number_of_free_entries_in_pool_to_execute_optimize_entire_partition>
  </merge_tree>
  <access_control_improvements>
    <select_from_system_db_requires_grant>true</select_from_system_db_requires_grant>
  </access_control_improvements>
  <query_log>
    <database>system</database>
    <table>query_log</table>
    <ttl>event_date + INTERVAL 7 DAY DELETE</ttl>
    <flush_interval_milliseconds>7500</flush_interval_milliseconds>
  </query_log>
</clickhouse>
`;
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
