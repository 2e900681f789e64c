/**
 * Takes out of the media client what a sealed call never uses: its own encryption, remote procedure
 * calls, data streams, data tracks and regions of a cloud. They weigh a good deal, and a server could
 * call on them: it has been seen to make the client answer in clear (encryption design, section 6). Nor
 * does it open or change devices: all tracks are the call's own. Nor does it need to make old browsers
 * look like new ones: none that can seal frames is so old, and what it puts over the peer connection
 * would lie above our guard.
 */
import { parseAst } from 'vite';
import type { Plugin } from 'vite';

/** Each class that goes, with the methods others call on it, and what they give back. */
const emptied: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  E2EEManager: {},
  FrameMetadataManager: { setup: '' },
  IncomingDataStreamManager: {
    clearControllers: '',
    handleDataStreamPacket: '',
    registerByteStreamHandler: '',
    registerTextStreamHandler: '',
    setConnected: '',
    unregisterByteStreamHandler: '',
    unregisterTextStreamHandler: '',
    validateParticipantHasNoActiveDataStreams: '',
  },
  OutgoingDataStreamManager: {
    sendBytes: '',
    sendFile: '',
    sendText: '',
    setupEngine: '',
    streamBytes: '',
    streamText: '',
  },
  IncomingDataTrackManager: {
    handleRemoteParticipantDisconnected: '',
    packetReceived: '',
    receiveSfuPublicationUpdates: '',
    receivedSfuSubscriberHandles: '',
    resendSubscriptionUpdates: '',
    reset: '',
    updateE2eeManager: '',
  },
  OutgoingDataTrackManager: {
    createLocalTrack: '',
    handlePacketSendComplete: '',
    queryPublished: 'return [];',
    receivedSfuPublishResponse: '',
    receivedSfuUnpublishResponse: '',
    reset: '',
    sfuWillRepublishTracks: '',
    updateE2eeManager: '',
  },
  /** Other places to connect to, of which the client asks a service in the cloud, or is told by the server. */
  RegionUrlProvider: {
    fetchRegionSettings: 'return Promise.resolve({});',
    getNextBestRegionUrl: 'return Promise.resolve(null);',
    getServerUrl: 'return "";',
    isCloud: 'return false;',
    notifyConnected: '',
    notifyDisconnected: '',
    resetAttempts: '',
    setServerReportedRegions: '',
    updateToken: '',
  },
  RpcClientManager: {
    handleIncomingDataStream: '',
    handleIncomingRpcAck: '',
    handleIncomingRpcResponseFailure: '',
    handleIncomingRpcResponseSuccess: '',
    handleParticipantDisconnected: '',
    performRpc: '',
  },
  RpcServerManager: {
    handleIncomingDataStream: '',
    handleIncomingRpcRequest: '',
    registerRpcMethod: '',
    unregisterRpcMethod: '',
  },
};

export const emptied_classes = Object.keys(emptied);

/** Methods of classes that stay: of devices, of trials, and of a second codec. */
const emptied_methods: Readonly<Record<string, readonly string[]>> = {
  LocalParticipant: [
    'createScreenTracks',
    'createTracks',
    'enableCameraAndMicrophone',
    'publishAdditionalCodecForTrack',
    'setTrackEnabled',
  ],
  Room: ['selectDefaultDevices', 'simulateParticipants', 'simulateScenario', 'switchActiveDevice'],
};

function stubOf(name: string): string {
  const methods = Object.entries(emptied[name] ?? {}).map(([key, body]) => `${key}() {${body}}`);
  // Some are listened to, and never say anything.
  return `class ${name} extends eventsExports.EventEmitter { ${methods.join(' ')} }`;
}

/**
 * Messages of the media server's protocol that nobody here sends, nor reads where one arrives: their
 * fields are left out, and with them whatever only they name.
 */
const empty_messages = [
  'ChatMessage',
  'DataBlob',
  'DataStream.Chunk',
  'DataStream.Header',
  'DataStream.Trailer',
  'DataTrackInfo',
  'DataTrackSubscriberHandles',
  'EncryptedPacket',
  'GetDataBlobRequest',
  'GetDataBlobResponse',
  'MetricsBatch',
  'PublishDataTrackRequest',
  'PublishDataTrackResponse',
  'RpcAck',
  'RpcRequest',
  'RpcResponse',
  'SimulateScenario',
  'SipDTMF',
  'StoreDataBlobRequest',
  'StoreDataBlobResponse',
  'Transcription',
  'UnpublishDataTrackRequest',
  'UnpublishDataTrackResponse',
  'UpdateDataSubscription',
].map((name) => `livekit.${name}`);

type Statement = ReturnType<typeof parseAst>['body'][number];

interface Cut {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** `const X = proto3.makeMessageType("livekit.X", () => [fields])` */
function cutMessage(node: Statement): Cut | undefined {
  if (node.type !== 'VariableDeclaration') return undefined;
  const [declared] = node.declarations;
  if (declared?.init?.type !== 'CallExpression') return undefined;
  const [label, fields] = declared.init.arguments;
  if (label?.type !== 'Literal' || fields === undefined) return undefined;
  const name = String(label.value);
  const is_empty = empty_messages.includes(name);
  return is_empty ? { name, start: fields.start, end: fields.end, text: '() => []' } : undefined;
}

/** The call that lays the shims over the browser; nothing else uses them. */
const shims = 'adapterFactory';

/** The library it logs with, of which nothing is heard anyway (silent.ts). */
const log_library = 'requireLoglevel';
const mute_log = `function ${log_library}() {
  const quiet = () => undefined;
  const names = ['trace', 'debug', 'info', 'warn', 'error', 'getLevel', 'setLevel', 'setDefaultLevel'];
  const logger = Object.fromEntries(names.map((name) => [name, quiet]));
  return { getLogger: () => logger };
}`;

/** What takes the place of the emptied methods of a class. */
function cutMethods(node: Statement): Cut[] {
  if (node.type !== 'ClassDeclaration') return [];
  const of = node.id?.name ?? '';
  return node.body.body.flatMap((member) => {
    if (member.type !== 'MethodDefinition' || member.key.type !== 'Identifier') return [];
    const { name } = member.key;
    if (!(emptied_methods[of] ?? []).includes(name) || !member.value.body) return [];
    const { start, end } = member.value.body;
    return [{ name: `${of}.${name}`, start, end, text: '{ return Promise.resolve(); }' }];
  });
}

/** What takes the place of a statement, or of a part of it; undefined where it stays. */
function cut(node: Statement): Cut | undefined {
  const { start, end } = node;
  if (node.type === 'ClassDeclaration') {
    const name = node.id?.name ?? '';
    return name in emptied ? { name, start, end, text: stubOf(name) } : undefined;
  }
  if (node.type === 'FunctionDeclaration' && node.id?.name === log_library) {
    return { name: log_library, start, end, text: mute_log };
  }
  if (node.type !== 'ExpressionStatement' || node.expression.type !== 'CallExpression') {
    return cutMessage(node);
  }
  const { callee } = node.expression;
  const is_shim = callee.type === 'Identifier' && callee.name === shims;
  return is_shim ? { name: shims, start, end, text: '' } : undefined;
}

/** The code without all that. @throws Error where some of it is not there: the client has changed. */
export function lean(code: string): string {
  const methods = Object.entries(emptied_methods).flatMap(([of, names]) =>
    names.map((name) => `${of}.${name}`),
  );
  const left = new Set([...emptied_classes, ...methods, ...empty_messages, log_library, shims]);
  let made = '';
  let at = 0;
  for (const node of parseAst(code).body) {
    const found = cut(node);
    for (const { name, start, end, text } of found ? [found] : cutMethods(node)) {
      left.delete(name);
      made += code.slice(at, start) + text;
      at = end;
    }
  }
  if (left.size > 0) throw new Error(`The media client has no ${[...left].join(', ')} any more.`);
  return made + code.slice(at);
}

export const leanClient: Plugin = {
  name: 'lean-client',
  transform: {
    filter: { id: /livekit-client\.esm\.mjs/ },
    handler: (code) => ({ code: lean(code), map: null }),
  },
};
