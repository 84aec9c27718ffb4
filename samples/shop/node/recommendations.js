// The recommendations service of the shop, in Node.js without dependencies: the mesh does not care what a service is written in.
// Listens on 127.0.0.1:$PORT; reaches other services by name through the proxy in $HTTP_PROXY.
'use strict';
const http = require('node:http');

const port = Number(process.env.PORT || 8080);
const who = { service: 'recommendations', version: process.env.VERSION || 'v1', pod: process.env.POD_NAME || 'recommendations' };
const proxy = process.env.HTTP_PROXY ? new URL(process.env.HTTP_PROXY) : null;
const agent = new http.Agent({ keepAlive: true, maxSockets: 64 });

const ERROR_RATE = 0.01; // as the C# services: one request in a hundred fails of its own accord
const MEDIAN_MILLIS = 5;
const PROPAGATED_HEADERS = ['version', 'x-request-id', 'traceparent', 'tracestate', 'baggage'];

// A small linear congruential generator, so that two runs behave the same.
let seed = 20251;
const random = () => (seed = (seed * 1103515245 + 12345) % 2147483648) / 2147483648;
const thinkingMillis = () =>
  Math.min(250, MEDIAN_MILLIS * Math.exp(0.5 * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())));

function ask(service, path, causeHeaders) {
  return new Promise((resolve) => {
    const headers = { host: service };
    for (const name of PROPAGATED_HEADERS) if (causeHeaders[name]) headers[name] = causeHeaders[name];
    const target = proxy
      ? { host: proxy.hostname, port: proxy.port, path: `http://${service}${path}` }
      : { host: service, port: 80, path };
    const request = http.get({ ...target, headers, agent, timeout: 5000 }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => {
        let version = '';
        try { version = JSON.parse(Buffer.concat(chunks)).version || ''; } catch { /* an answer of the mesh itself is text */ }
        resolve({ service, version, status: response.statusCode });
      });
      response.on('error', () => resolve({ service, version: '', status: 0 }));
    });
    request.on('timeout', () => request.destroy(new Error('no answer in 5 s')));
    request.on('error', (error) => {
      console.error(`GET http://${service}${path} failed: ${error.message}`);
      resolve({ service, version: '', status: 0 });
    });
  });
}

function answer(response, status, body) {
  const text = JSON.stringify(body) + '\n';
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  response.end(text);
}

const server = http.createServer((request, response) => {
  if (request.url === '/health') return answer(response, 200, { status: 'ok' });
  const match = /^\/recommendations\/([^/?]+)/.exec(request.url);
  if (!match || request.method !== 'GET') return answer(response, 404, { ...who, error: 'no such page' });
  const fails = random() < ERROR_RATE;
  setTimeout(async () => {
    if (fails) return answer(response, 500, { ...who, path: request.url, error: 'one request in a hundred fails, so that the metrics have something to show' });
    const reply = await ask('catalog', `/products/${match[1]}`, request.headers);
    answer(response, 200, { ...who, path: request.url, calls: [reply] });
  }, thinkingMillis());
});

server.keepAliveTimeout = 75000;
server.listen(port, '127.0.0.1', () => console.log(`recommendations ${who.version} (Node.js ${process.version}) listens on 127.0.0.1:${port}`));
process.on('SIGTERM', () => {
  server.close(() => process.exit(0));
  server.closeIdleConnections();
});
