import { isIP } from 'node:net';
import type { LogLevel } from '#src/app/log.ts';
import { isLoopback, isOwnAddress } from './address.ts';
import type { MediaKeys } from './keys.ts';
import { relayRange } from './ports.ts';
import type { EnginePorts } from './ports.ts';

export interface EngineSettings {
  readonly keys: MediaKeys;
  readonly ports: EnginePorts;
  /** One address, or "v4,v6". */
  readonly node_ip: string;
  readonly webhook_url: string;
  readonly log_level: LogLevel;
}

/** Seconds a room lives without anybody in it: before the first came, and after the last left. */
const empty_timeout_s = 120;
const departure_timeout_s = 60;

/** All that browsers send; without video/rtx lost packets are not sent again. */
const codecs = [
  'audio/opus',
  'audio/red',
  'video/VP8',
  'video/VP9',
  'video/H264',
  'video/AV1',
  'video/rtx',
];

/**
 * How soon after a key frame another may be asked for, by quality. The smallest picture is the
 * first that is shown, and browsers drop frames that come while they apply an answer: at the
 * engine's own 500 ms a lost first key frame costs as much. Who can open nothing asks as often as
 * they may, and everybody pays for each key frame in sharpness; so it is not less.
 */
const pli_throttle = { low_quality: '250ms', mid_quality: '500ms', high_quality: '1s' };

/**
 * The engine's configuration as text (JSON, which is YAML). The engine refuses unknown keys.
 *
 * Nobody outside is ever asked for anything: `node_ip` is explicit, which keeps the engine from
 * asking a STUN server for its address, and `stun_servers` is our own TURN port, without which
 * browsers would be given public ones after a fallback (media design section 2).
 */
export function engineConfig(settings: EngineSettings): string {
  const { keys, ports, node_ip } = settings;
  const addresses = node_ip.split(',').map((part) => part.trim());
  const local = addresses.every(isLoopback);
  const own = addresses.filter(isOwnAddress);
  return JSON.stringify({
    port: ports.http,
    bind_addresses: ['127.0.0.1'],
    keys: { [keys.key]: keys.secret },
    rtc: {
      udp_port: ports.udp,
      tcp_port: ports.tcp,
      use_external_ip: false,
      node_ip: addresses.join(','),
      stun_servers: addresses.map((address) => hostPort(address, ports.turn)),
      enable_loopback_candidate: local,
      // Only the announced address carries media. Behind NAT it is not on this machine, and every
      // address of it may be where the router forwards to.
      ...(own.length === addresses.length ? { ips: { includes: own.map(single) } } : {}),
      congestion_control: { enabled: true, allow_pause: true },
      pli_throttle,
    },
    turn: turnConfig(addresses, ports.turn, local),
    room: {
      auto_create: false,
      empty_timeout: empty_timeout_s,
      departure_timeout: departure_timeout_s,
      enabled_codecs: codecs.map((mime) => ({ mime })),
      enable_remote_unmute: false,
    },
    webhook: { api_key: keys.key, urls: [settings.webhook_url] },
    limit: {
      subscription_limit_video: 60,
      max_metadata_size: 16_384,
      max_attributes_size: 8192,
    },
    logging: { level: engineLevel(settings.log_level), json: true, pion_level: 'error' },
  });
}

/**
 * TURN that relays to the engine and to nobody else: what a guest can reach through it is one
 * address, so that the server is no way into the network it stands in. On loopback it listens
 * there alone; elsewhere on every address, since relay sockets bind where TURN does and the
 * engine's packets come from `node_ip`.
 */
function turnConfig(addresses: readonly string[], udp_port: number, local: boolean): object {
  const range = relayRange(udp_port);
  return {
    enabled: true,
    udp_port,
    relay_range_start: range.start,
    relay_range_end: range.end,
    ...(local ? { bind_addresses: addresses } : {}),
    allow_restricted_peer_cidrs: addresses.map(single),
    deny_peer_cidrs: everythingBut(addresses),
  };
}

/** CIDR blocks that cover every address of both families except the given ones. */
export function everythingBut(addresses: readonly string[]): string[] {
  const v4 = addresses.filter((address) => isIP(address) === 4);
  const v6 = addresses.filter((address) => isIP(address) === 6);
  return [
    ...v4.flatMap((address) => complement(bytesOfV4(address), formatV4)),
    ...(v4.length === 0 ? ['0.0.0.0/0'] : []),
    ...v6.flatMap((address) => complement(bytesOfV6(address), formatV6)),
    ...(v6.length === 0 ? ['::/0'] : []),
  ];
}

/** For each prefix length the block that differs from the address in exactly its last bit. */
function complement(bytes: readonly number[], format: (bytes: readonly number[]) => string) {
  return Array.from({ length: bytes.length * 8 }, (_, bit) => {
    const index = bit >> 3;
    const mask = 0x80 >> (bit & 7);
    const block = bytes.map((byte, at) => {
      if (at < index) return byte;
      return at > index ? 0 : (byte ^ mask) & (0xff << (7 - (bit & 7))) & 0xff;
    });
    return `${format(block)}/${bit + 1}`;
  });
}

function bytesOfV4(address: string): number[] {
  return address.split('.').map(Number);
}

function formatV4(bytes: readonly number[]): string {
  return bytes.join('.');
}

function bytesOfV6(address: string): number[] {
  // The URL parser writes IPv6 in its one canonical form, without an embedded IPv4 part.
  const canonical = new URL(`http://[${address}]/`).hostname.slice(1, -1);
  const [before = '', after] = canonical.split('::');
  const left = before.split(':').filter(Boolean);
  const right = (after ?? '').split(':').filter(Boolean);
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => '0');
  return [...left, ...zeros, ...right].flatMap((group) => {
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
}

function formatV6(bytes: readonly number[]): string {
  const groups = Array.from({ length: 8 }, (_, at) =>
    (((bytes[at * 2] ?? 0) << 8) | (bytes[at * 2 + 1] ?? 0)).toString(16),
  );
  return groups.join(':');
}

function single(address: string): string {
  return `${address}/${isIP(address) === 6 ? 128 : 32}`;
}

function hostPort(address: string, port: number): string {
  return isIP(address) === 6 ? `[${address}]:${port}` : `${address}:${port}`;
}

/** The engine's "info" names everybody who comes and goes: that is for those who ask for it. */
function engineLevel(level: LogLevel): string {
  if (level === 'trace') return 'debug';
  return level === 'debug' ? 'info' : 'warn';
}
