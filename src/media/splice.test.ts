/** The joined connections over real sockets; the server behind is a plain one, named so. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { test } from 'node:test';
import { splice } from './splice.ts';

const rounds = 10;
/** More than the buffers on the way hold: some of it is unread when the server ends. */
const much = Buffer.alloc(8 * 1024 * 1024);

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

test('the last words of the server arrive, while the browser goes on talking', async () => {
  const plain = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\n\r\n');
      // Takes all that comes, so that its own end of the connection is closed and not reset.
      socket.once('data', () => socket.end('goodbye'));
    });
  });
  const url = new URL(`http://127.0.0.1:${await listen(plain)}`);
  const door = createHttpServer();
  door.on('upgrade', (request, socket, head) => {
    splice(request, socket, head, { url, target: '/' }, () => undefined);
  });
  const port = await listen(door);
  try {
    for (let round = 0; round < rounds; round += 1) {
      const browser = connect(port, '127.0.0.1');
      browser.on('error', () => undefined);
      let heard = '';
      browser.on('data', (bytes: Buffer) => {
        heard += bytes.toString();
        if (heard.endsWith('\r\n\r\n')) browser.write(much);
      });
      browser.write('GET /lk HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n');
      await once(browser, 'close');
      assert.match(heard, /goodbye$/, `round ${round}`);
    }
  } finally {
    plain.close();
    door.close();
    door.closeAllConnections();
  }
});
