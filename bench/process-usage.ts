import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Clock ticks a second of the figures in /proc (USER_HZ; fixed at 100 on Linux for x86-64 and arm64, asked all the same). */
const TICKS_A_SECOND = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

/** CPU time that a process and all its threads have used so far, in seconds; children are not counted. Linux. */
export function cpu_s(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name, in brackets, may hold spaces and brackets: what follows the last one is in columns.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND;
}

/** The most memory that a process ever had resident, in MiB. Linux. */
export function peakRss_mib(pid: number): number {
  return status_mib(pid, 'VmHWM');
}

/** The memory that a process has resident now, in MiB. Linux. */
export function rss_mib(pid: number): number {
  return status_mib(pid, 'VmRSS');
}

function status_mib(pid: number, field: string): number {
  const line = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  if (line === null) throw new Error(`/proc/${pid}/status tells no ${field}`);
  return Number(line[1]) / 1024;
}
