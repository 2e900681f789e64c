/**
 * Idle memory: Node + PostgreSQL + engine, as started by `npm start`, and what one idle live
 * connection costs in Node. Proportional set size, so that what PostgreSQL's processes share
 * counts once (Linux only).
 */
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { listProcesses, startHouseProcess } from '#test/house.ts';
import { gatherCrowd } from './crowd-process.ts';
import { heading, line } from './figure.ts';

const connections = 1_000;
/** Memory is read after this long without work: collectors have run by then. */
const settle_ms = 8_000;

function readKb(pid: number, file: string, field: string): number {
  const text = readFileSync(`/proc/${pid}/${file}`, 'utf8');
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0);
}

function withChildren(root: number): { pid: number; name: string }[] {
  const all = listProcesses();
  const found = [{ pid: root, name: 'Node' }];
  for (let n = 0; n < found.length; n++) {
    const parent = found[n];
    for (const { pid, parent: ppid, command } of all) {
      if (ppid !== parent?.pid) continue;
      const name = /conclave-engine/.test(command) ? 'engine' : 'PostgreSQL';
      found.push({ pid, name });
    }
  }
  return found;
}

export async function benchIdle(): Promise<void> {
  heading('Idle memory');
  const house = await startHouseProcess({ LOG_LEVEL: 'info' });
  try {
    await delay(settle_ms);
    const node = house.pids().node;
    const sums = new Map<string, number>();
    for (const { pid, name } of withChildren(node)) {
      sums.set(name, (sums.get(name) ?? 0) + readKb(pid, 'smaps_rollup', 'Pss'));
    }
    let total = 0;
    for (const [name, kb] of sums) {
      total += kb;
      line(name, `${(kb / 1024).toFixed(0)} MB`);
    }
    line('together', `${(total / 1024).toFixed(0)} MB`);
    const before = readKb(node, 'status', 'VmRSS');
    const crowd = await gatherCrowd(`${house.origin.replace('http', 'ws')}/ws`, connections);
    await delay(settle_ms);
    const after = readKb(node, 'status', 'VmRSS');
    line(
      `one of ${connections} idle live connections`,
      `${((after - before) / connections).toFixed(1)} kB in Node`,
    );
    await crowd.leave();
  } finally {
    await house.stop();
  }
}
