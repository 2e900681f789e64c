import assert from 'node:assert/strict';
import { test } from 'node:test';
import { untried } from './device-tries.ts';
import { narrowDescription, readOffer, readRelay } from './narrow.ts';
import { writeReport } from './report.ts';
import { isPrivate, judge, judgeLine, nothing_yet } from './steps.ts';
import type { Findings, LineFigures, Step, State, Verdict } from './steps.ts';
import { trialWords } from './trial.words.ts';

const all_good = Object.fromEntries(
  Object.keys(nothing_yet.states).map((step) => [step, 'good']),
) as Findings['states'];

const cases: readonly [string, Partial<Record<Step, State>>, Verdict][] = [
  ['all is well', {}, 'good'],
  ['it is still running', { keys: 'running' }, 'running'],
  ['a browser that cannot encrypt comes before everything', { browser: 'bad' }, 'browser'],
  ['the server is away', { server: 'bad', socket: 'skipped' }, 'server'],
  ['too many try at once', { server: 'fair', socket: 'skipped' }, 'busy'],
  ['no lasting connection', { socket: 'bad', udp: 'bad', tcp: 'skipped' }, 'socket'],
  ['no way for media', { udp: 'bad', tcp: 'bad', relay: 'bad', line: 'skipped' }, 'media'],
  ['over TCP alone', { udp: 'bad', relay: 'bad' }, 'tcp'],
  ['through the relay', { udp: 'bad', tcp: 'bad' }, 'relay'],
  ['a weak line is said before its way', { udp: 'bad', line: 'fair' }, 'weak'],
  ['too weak a line', { line: 'bad' }, 'poor'],
  [
    'a picture that cannot be opened comes before a weak line',
    { keys: 'bad', line: 'bad' },
    'keys',
  ],
];
for (const [what, change, verdict] of cases) {
  test(`verdict: ${what}`, () => {
    assert.equal(judge({ ...nothing_yet, states: { ...all_good, ...change } }), verdict);
  });
}

const sound: LineFigures = {
  kbit_s: 850,
  lost_up: 0,
  lost_down: 0,
  jitter_ms: 3,
  round_ms: 20,
  paints_s: 60,
};
const lines: readonly [string, Partial<LineFigures>, State][] = [
  ['sound', {}, 'good'],
  ['nothing said of what was lost up', { lost_up: null, round_ms: null }, 'good'],
  ['5 % lost up', { lost_up: 0.05 }, 'fair'],
  ['5 % lost down', { lost_down: 0.05 }, 'fair'],
  ['20 % lost', { lost_down: 0.2 }, 'bad'],
  ['a satellite', { round_ms: 590 }, 'fair'],
  ['a second away', { round_ms: 1000 }, 'bad'],
  ['little gets through', { kbit_s: 200 }, 'fair'],
  ['next to nothing gets through', { kbit_s: 40 }, 'bad'],
  ['the page was behind another', { kbit_s: 40, paints_s: 1 }, 'good'],
];
for (const [what, change, state] of lines) {
  test(`line: ${what} is ${state}`, () => assert.equal(judgeLine({ ...sound, ...change }), state));
}

test('addresses that only their own network reaches', () => {
  for (const address of ['10.1.2.3', '127.0.0.1', '172.16.0.1', '172.31.9.9', '192.168.1.9'])
    assert.ok(isPrivate(address), address);
  for (const address of ['169.254.1.1', '100.64.0.1', '::1', 'fd00::1', 'fe80::1'])
    assert.ok(isPrivate(address), address);
  for (const address of ['203.0.113.7', '172.32.0.1', '100.128.0.1', '2001:db8::1', '11.0.0.1'])
    assert.ok(!isPrivate(address), address);
});

const udp = 'candidate:1 1 udp 2130706431 203.0.113.7 7882 typ host';
const tcp = 'candidate:2 1 tcp 1671430143 203.0.113.7 7881 typ host tcptype passive';

test('a candidate says its transport, address and port, and a relay its own', () => {
  assert.deepEqual(readOffer(`a=${udp}`), {
    protocol: 'udp',
    address: '203.0.113.7',
    port: 7882,
    is_relay: false,
  });
  assert.equal(readOffer('candidate:1 1'), null);
  assert.deepEqual(readRelay('turn:203.0.113.7:3478?transport=udp'), {
    protocol: 'udp',
    address: '203.0.113.7',
    port: 3478,
    is_relay: true,
  });
  assert.equal(readRelay('turn:[2001:db8::1]:5349?transport=tcp')?.address, '2001:db8::1');
  assert.equal(readRelay('stun:203.0.113.7:3478'), null);
});

test('a description keeps the candidates of its way, and all other lines', () => {
  const sdp = ['v=0', `a=${udp}`, `a=${tcp}`, 'a=mid:0', ''].join('\r\n');
  const without = (line: string): string => sdp.replace(`a=${line}\r\n`, '');
  assert.equal(narrowDescription('udp', sdp), without(tcp));
  assert.equal(narrowDescription('relay', sdp), without(tcp));
  assert.equal(narrowDescription('tcp', sdp), without(udp));
});

test('the report is whole in both languages', () => {
  const findings = {
    ...nothing_yet,
    states: all_good,
    line: sound,
    ways_ms: { udp: 1234.4 },
    sealed: 90,
    opened: 88,
  };
  const at = { at: new Date(0), origin: 'https://meet.example.org', browser: 'Browser/1' };
  const en = writeReport(trialWords.en, 'en', findings, untried, at);
  assert.match(en, /\(UDP\): works \(1,234 ms there and back\)/);
  assert.match(en, /Quality of the line: works \(850 kbit\/s, 0 % lost, uneven by 3 ms\)/);
  assert.match(en, /90 pictures encrypted, 88 opened/);
  const fr = writeReport(trialWords.fr, 'fr', findings, untried, at);
  assert.match(fr, /\(UDP\): fonctionne \(1\u202f234 ms aller et retour\)/);
  assert.equal(fr.split('\n').length, en.split('\n').length);
});
