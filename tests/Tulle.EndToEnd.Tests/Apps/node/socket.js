// A WebSocket client: node --experimental-websocket socket.js URL. Sends texts and bytes of several sizes and expects each back.
'use strict';
const assert = require('node:assert');

const sizes = [0, 1, 125, 126, 65535, 65536, 200_000];
const socket = new WebSocket(process.argv[2]);
socket.binaryType = 'arraybuffer';
let next = 0;
const send = () => (next === sizes.length ? socket.close(1000) : socket.send(next % 2 ? 'x'.repeat(sizes[next]) : new Uint8Array(sizes[next])));
// A large message may come back in pieces only as frames; the API puts them together.
socket.addEventListener('open', send);
socket.addEventListener('message', ({ data }) => {
  assert.equal(typeof data === 'string' ? data.length : data.byteLength, sizes[next]);
  next++;
  send();
});
socket.addEventListener('error', (event) => { console.error(event.error || event.message || 'failed'); process.exit(1); });
socket.addEventListener('close', ({ code }) => { console.log(`closed with ${code} after ${next} messages`); process.exit(code === 1000 && next === sizes.length ? 0 : 1); });
