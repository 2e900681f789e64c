/**
 * Takes out of the media client what a sealed call never uses: its own encryption, remote procedure
 * calls, data streams and data tracks. They weigh a good deal, and a server could call on them: it
 * has been seen to make the client answer in clear (encryption design, section 6). Nor does it need
 * to make old browsers look like new ones: none that can seal frames is so old, and what it puts over
 * the peer connection would lie above our guard.
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

function stubOf(name: string): string {
  const methods = Object.entries(emptied[name] ?? {}).map(([key, body]) => `${key}() {${body}}`);
  // Some are listened to, and never say anything.
  return `class ${name} extends eventsExports.EventEmitter { ${methods.join(' ')} }`;
}

type Statement = ReturnType<typeof parseAst>['body'][number];

/** The call that lays the shims over the browser; nothing else uses them. */
const shims = 'adapterFactory';

/** What takes the statement's place, by its name; undefined where it stays. */
function replace(node: Statement): readonly [string, string] | undefined {
  if (node.type === 'ClassDeclaration') {
    const name = node.id?.name ?? '';
    return name in emptied ? [name, stubOf(name)] : undefined;
  }
  if (node.type !== 'ExpressionStatement' || node.expression.type !== 'CallExpression') {
    return undefined;
  }
  const { callee } = node.expression;
  return callee.type === 'Identifier' && callee.name === shims ? [shims, ''] : undefined;
}

/** The code without all that. @throws Error where some of it is not there: the client has changed. */
export function lean(code: string): string {
  const left = new Set([...emptied_classes, shims]);
  let made = '';
  let at = 0;
  for (const node of parseAst(code).body) {
    const [name, text] = replace(node) ?? [];
    if (name === undefined || text === undefined) continue;
    left.delete(name);
    made += code.slice(at, node.start) + text;
    at = node.end;
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
