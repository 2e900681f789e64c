/**
 * A crowd of live connections in a process of its own, so that its work is not counted as the
 * server's. Started by events.ts and idle.ts; speaks JSON lines on its standard output.
 *
 * Arguments: URL, number of sockets, and the first frame each sends (or '').
 */
import { once } from 'node:events';
import { WebSocket } from 'ws';

const [, , url = '', count_text = '0', hello = ''] = process.argv;
const count = Number(count_text);
const sockets: WebSocket[] = [];
let events = 0;

/** Loopback has 16 million addresses: the limit per address is the server's to keep. */
function sourceAddress(n: number): string {
  return `127.0.0.${2 + Math.floor(n / 500)}`;
}

const opened = 50;
for (let n = 0; n < count; n += opened) {
  const batch = Array.from({ length: Math.min(opened, count - n) }, (_none, k) => {
    const socket = new WebSocket(url, {
      localAddress: sourceAddress(n + k),
      perMessageDeflate: false,
    });
    socket.on('message', (data: Buffer) => {
      if (data.includes('"event"')) events += 1;
    });
    sockets.push(socket);
    return once(socket, 'open');
  });
  await Promise.all(batch);
}
// Batches, since a storm beyond the server's limit is refused.
const greeting = hello === '' ? [] : sockets;
for (let n = 0; n < greeting.length; n += 200) {
  const batch = greeting.slice(n, n + 200);
  const answered = batch.map((socket) => once(socket, 'message'));
  for (const socket of batch) socket.send(hello);
  await Promise.all(answered);
}
process.stdout.write(`${JSON.stringify({ ready: sockets.length })}\n`);

let told = 0;
const telling = setInterval(() => {
  if (events === told) return;
  told = events;
  process.stdout.write(`${JSON.stringify({ events })}\n`);
}, 5);
process.stdin.on('end', () => {
  clearInterval(telling);
  for (const socket of sockets) socket.terminate();
});
process.stdin.resume();
