import { resolve } from 'node:path';
import { isIP } from 'node:net';
import { OperatorError } from './app/error.ts';
import type { LogLevel } from './app/log.ts';

/** An outside LiveKit server or cluster. */
export interface ExternalLiveKit {
  readonly url: string;
  readonly key: string;
  readonly secret: string;
}

/** Every setting, checked. Ports are 0 for "any free one". Paths are absolute. */
export interface Config {
  readonly port: number;
  readonly host: string;
  /** Without a trailing slash; undefined: whatever origin the browser used. */
  readonly public_url: string | undefined;
  readonly data_dir: string;
  readonly database_url: string | undefined;
  readonly pg_bin: string | undefined;
  readonly livekit: ExternalLiveKit | undefined;
  /** For the embedded engine; undefined: made once and kept in the data directory. */
  readonly livekit_keys: { readonly key: string; readonly secret: string } | undefined;
  /** The address browsers reach the media ports at; undefined: found (see media/address.ts). */
  readonly node_ip: string | undefined;
  readonly media_udp_port: number;
  readonly media_tcp_port: number;
  readonly turn_port: number;
  readonly tls: { readonly cert: string; readonly key: string } | undefined;
  /** How many may be in one meeting. */
  readonly people_max: number;
  /** How many meetings may be made, by all together. */
  readonly creations: { readonly calm_max: number; readonly hourly_max: number };
  readonly metrics_port: number;
  /** Addresses of reverse proxies whose X-Forwarded-For is believed. */
  readonly trusted_proxies: readonly string[];
  readonly log_level: LogLevel;
}

/** A setting as the documentation lists it. */
export interface Setting {
  readonly name: string;
  readonly fallback: string;
  readonly meaning: string;
}

/** Every setting with its default; README and docs/operating are checked against this table. */
export const settings: readonly Setting[] = [
  { name: 'PORT', fallback: '8080', meaning: 'port of the web server; 0: any free one' },
  {
    name: 'HOST',
    fallback: '127.0.0.1',
    meaning: 'address the web server listens on; 0.0.0.0 for every one',
  },
  {
    name: 'PUBLIC_URL',
    fallback: '',
    meaning: 'the address people open, such as https://meet.example.org',
  },
  { name: 'CONCLAVE_DATA', fallback: './data', meaning: 'folder of the database, keys and files' },
  {
    name: 'DATABASE_URL',
    fallback: '',
    meaning: 'a PostgreSQL of yours (15 or newer); without it one is started',
  },
  { name: 'CONCLAVE_PG_BIN', fallback: '', meaning: 'folder with initdb and postgres to start' },
  {
    name: 'LIVEKIT_URL',
    fallback: '',
    meaning: 'an outside LiveKit, such as http://10.0.0.2:7880; without it the engine is started',
  },
  {
    name: 'LIVEKIT_API_KEY',
    fallback: '',
    meaning: 'its key; may also be given for the embedded engine',
  },
  { name: 'LIVEKIT_API_SECRET', fallback: '', meaning: 'its secret, 32 characters or more' },
  {
    name: 'CONCLAVE_NODE_IP',
    fallback: '',
    meaning:
      'address browsers reach the media ports at; without it the one of this machine’s default route',
  },
  { name: 'CONCLAVE_MEDIA_UDP_PORT', fallback: '7882', meaning: 'media over UDP' },
  {
    name: 'CONCLAVE_MEDIA_TCP_PORT',
    fallback: '7881',
    meaning: 'media over TCP, where UDP is blocked',
  },
  { name: 'CONCLAVE_TURN_PORT', fallback: '3478', meaning: 'STUN and TURN over UDP' },
  {
    name: 'CONCLAVE_TLS_CERT',
    fallback: '',
    meaning: 'certificate chain (PEM) to serve HTTPS directly; read again when it changes',
  },
  { name: 'CONCLAVE_TLS_KEY', fallback: '', meaning: 'its private key (PEM)' },
  {
    name: 'CONCLAVE_PEOPLE_MAX',
    fallback: '100',
    meaning: 'how many may be in one meeting, 2 to 1000',
  },
  {
    name: 'CONCLAVE_CREATIONS_CALM',
    fallback: '60',
    meaning: 'meetings made in a minute before browsers have to work for one, 1 to 100000',
  },
  {
    name: 'CONCLAVE_CREATIONS_MAX',
    fallback: '6000',
    meaning: 'meetings made in an hour at most, by all together, 1 to 1000000',
  },
  {
    name: 'CONCLAVE_METRICS_PORT',
    fallback: '9464',
    meaning: 'loopback port of /metrics; 0: any free one',
  },
  {
    name: 'CONCLAVE_TRUSTED_PROXIES',
    fallback: '',
    meaning: 'addresses of reverse proxies, separated by commas, whose X-Forwarded-For is believed',
  },
  {
    name: 'LOG_LEVEL',
    fallback: 'info',
    meaning: 'fatal, error, warn, info, debug, trace or silent',
  },
];

const log_levels: readonly string[] = [
  'fatal',
  'error',
  'warn',
  'info',
  'debug',
  'trace',
  'silent',
];

function isLogLevel(text: string): text is LogLevel {
  return log_levels.includes(text);
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads settings by name and collects what is wrong with them, so that one start finds all. */
class Reader {
  readonly wrong: string[] = [];
  readonly #env: Environment;

  constructor(env: Environment) {
    this.#env = env;
  }

  /** The value or the default; undefined when both are empty. */
  text(name: string): string | undefined {
    const value = this.#env[name]?.trim();
    if (value) return value;
    return settings.find((setting) => setting.name === name)?.fallback || undefined;
  }

  number(name: string, what: string, min: number, max: number): number {
    const value = this.text(name) ?? '';
    if (/^\d{1,9}$/.test(value) && Number(value) >= min && Number(value) <= max) {
      return Number(value);
    }
    this.wrong.push(`${name} must be a ${what} from ${min} to ${max}, not "${value}"`);
    return min;
  }

  port(name: string): number {
    return this.number(name, 'port', 0, 65_535);
  }

  /** Without a trailing slash. The value is not quoted when wrong: it may hold a password. */
  url(name: string, schemes: readonly string[]): string | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const parsed = URL.canParse(value) ? new URL(value) : undefined;
    if (parsed && schemes.includes(parsed.protocol.slice(0, -1))) return value.replace(/\/+$/, '');
    const wanted = schemes.map((scheme) => `${scheme}://`).join(' or ');
    this.wrong.push(`${name} must be an address that begins with ${wanted}`);
    return undefined;
  }

  /** One or more IP addresses, separated by commas. */
  addresses(name: string): string[] {
    const value = this.text(name);
    const parts = (value ?? '').split(',').map((part) => part.trim());
    if (value === undefined) return [];
    if (parts.every((part) => isIP(part) !== 0)) return parts;
    this.wrong.push(`${name} must be an IP address, not "${value}"`);
    return [];
  }

  pair(first: string, second: string): readonly [string, string] | undefined {
    const [a, b] = [this.text(first), this.text(second)];
    if (a !== undefined && b !== undefined) return [a, b];
    if (a !== b) this.wrong.push(`${first} and ${second} go together: give both or neither`);
    return undefined;
  }
}

/**
 * Reads every setting from `env`. An empty value counts as not set.
 * @throws OperatorError naming every wrong value in one go, so that one start finds all of them.
 */
export function readConfig(env: Environment): Config {
  const read = new Reader(env);
  const log_level = read.text('LOG_LEVEL') ?? 'info';
  if (!isLogLevel(log_level)) {
    read.wrong.push(`LOG_LEVEL must be one of ${log_levels.join(', ')}, not "${log_level}"`);
  }
  const tls = read.pair('CONCLAVE_TLS_CERT', 'CONCLAVE_TLS_KEY');
  const node_ip = read.addresses('CONCLAVE_NODE_IP').join(',');
  const config: Config = {
    port: read.port('PORT'),
    host: read.text('HOST') ?? '127.0.0.1',
    public_url: readPublicUrl(read),
    data_dir: resolve(read.text('CONCLAVE_DATA') ?? './data'),
    database_url: read.url('DATABASE_URL', ['postgres', 'postgresql']),
    pg_bin: read.text('CONCLAVE_PG_BIN'),
    ...readLiveKit(read),
    node_ip: node_ip || undefined,
    media_udp_port: read.port('CONCLAVE_MEDIA_UDP_PORT'),
    media_tcp_port: read.port('CONCLAVE_MEDIA_TCP_PORT'),
    turn_port: read.port('CONCLAVE_TURN_PORT'),
    tls: tls && { cert: resolve(tls[0]), key: resolve(tls[1]) },
    people_max: read.number('CONCLAVE_PEOPLE_MAX', 'number', 2, 1000),
    creations: {
      calm_max: read.number('CONCLAVE_CREATIONS_CALM', 'number', 1, 100_000),
      hourly_max: read.number('CONCLAVE_CREATIONS_MAX', 'number', 1, 1_000_000),
    },
    metrics_port: read.port('CONCLAVE_METRICS_PORT'),
    trusted_proxies: read.addresses('CONCLAVE_TRUSTED_PROXIES'),
    log_level: isLogLevel(log_level) ? log_level : 'info',
  };
  if (read.wrong.length > 0) throw new OperatorError(read.wrong.join('\n'));
  return config;
}

function readPublicUrl(read: Reader): string | undefined {
  const public_url = read.url('PUBLIC_URL', ['http', 'https']);
  if (public_url !== undefined && new URL(public_url).pathname !== '/') {
    read.wrong.push('PUBLIC_URL must have no path: Conclave lives at the root of its address');
  }
  return public_url;
}

function readLiveKit(read: Reader): Pick<Config, 'livekit' | 'livekit_keys'> {
  const pair = read.pair('LIVEKIT_API_KEY', 'LIVEKIT_API_SECRET');
  const keys = pair && { key: pair[0], secret: pair[1] };
  if (keys !== undefined && keys.secret.length < 32) {
    read.wrong.push('LIVEKIT_API_SECRET must have 32 characters or more');
  }
  const url = read.url('LIVEKIT_URL', ['http', 'https', 'ws', 'wss']);
  if (url !== undefined && keys === undefined) {
    read.wrong.push('LIVEKIT_URL needs LIVEKIT_API_KEY and LIVEKIT_API_SECRET');
  }
  const livekit =
    url !== undefined && keys ? { url: url.replace(/^ws/, 'http'), ...keys } : undefined;
  return { livekit, livekit_keys: keys };
}
