// The Node.js gRPC client of the tests: node client.js HOST:PORT. Says how many checks passed; the first that fails ends it.
'use strict';
const assert = require('node:assert');
const { grpc, Echo } = require('./service.js');

const client = new Echo(process.argv[2], grpc.credentials.createInsecure(), { 'grpc.max_receive_message_length': -1 });
const soon = () => new Date(Date.now() + 20_000);
const LARGE = 3 * 1024 * 1024;

function unary(method, request, options = { deadline: soon() }) {
  return new Promise((resolve) => {
    const result = {};
    const call = client[method](request, options, (error, reply) => Object.assign(result, { error, reply }));
    call.on('metadata', (leading) => (result.leading = leading));
    call.on('status', (status) => resolve(Object.assign(result, { status })));
    result.call = call;
  });
}

async function cancelledIs(expected) {
  for (let tries = 0; tries < 500; tries++) {
    if ((await unary('Cancelled', {})).reply.number >= expected) return;
    await new Promise((again) => setTimeout(again, 10));
  }
  assert.fail('the server was not told that the call is cancelled');
}

const checks = {
  async unaryWithMetadataAndTrailers() {
    const { reply, leading, status } = await unary('Unary', { text: 'hello' });
    assert.equal(reply.number, 5);
    assert.deepEqual(leading.get('x-leading'), ['first']);
    assert.deepEqual(status.metadata.get('x-trailing'), ['last']);
  },
  async unaryLarge() {
    const { reply } = await unary('Unary', { text: 'x'.repeat(LARGE) });
    assert.equal(reply.number, LARGE);
    assert.equal(reply.text.length, LARGE);
  },
  async failureCarriesItsStatus() {
    const { error } = await unary('Unary', { text: '', fail_with: grpc.status.FAILED_PRECONDITION });
    assert.equal(error.code, grpc.status.FAILED_PRECONDITION);
    assert.equal(error.details, 'as asked');
  },
  async unknownMethodIsSaid() {
    const error = await new Promise((resolve) =>
      client.makeUnaryRequest('/tulle.test.Echo/Nothing', (x) => x, (x) => x, Buffer.alloc(0), (e) => resolve(e)));
    assert.equal(error.code, grpc.status.UNIMPLEMENTED);
  },
  clientStreaming() {
    return new Promise((resolve, reject) => {
      const call = client.Collect({ deadline: soon() }, (error, reply) => {
        if (error) return reject(error);
        assert.equal(reply.number, 100_000);
        resolve();
      });
      for (let i = 0; i < 100; i++) call.write({ text: 'x'.repeat(1000) });
      call.end();
    });
  },
  serverStreaming() {
    return new Promise((resolve, reject) => {
      let seen = 0;
      const call = client.Spread({ text: 'y'.repeat(1000), count: 500 }, { deadline: soon() });
      call.on('data', ({ number }) => assert.equal(number, ++seen));
      call.on('error', reject);
      call.on('end', () => { assert.equal(seen, 500); resolve(); });
    });
  },
  bidirectional() {
    return new Promise((resolve, reject) => {
      const call = client.Chat({ deadline: soon() });
      let round = 0;
      // Each request waits for the reply to the one before it.
      call.on('data', ({ text, number }) => {
        assert.equal(number, ++round);
        assert.equal(text, `message ${round}`);
        if (round < 20) call.write({ text: `message ${round + 1}` });
        else call.end();
      });
      call.on('error', reject);
      call.on('end', () => { assert.equal(round, 20); resolve(); });
      call.write({ text: 'message 1' });
    });
  },
  async deadlineEndsACall() {
    const before = (await unary('Cancelled', {})).reply.number;
    const { error } = await unary('Hang', {}, { deadline: new Date(Date.now() + 200) });
    assert.equal(error.code, grpc.status.DEADLINE_EXCEEDED);
    await cancelledIs(before + 1);
  },
  async cancellationReachesTheServer() {
    const before = (await unary('Cancelled', {})).reply.number;
    const error = await new Promise((resolve) => {
      const call = client.Hang({}, { deadline: soon() }, resolve);
      setTimeout(() => call.cancel(), 100);
    });
    assert.equal(error.code, grpc.status.CANCELLED);
    await cancelledIs(before + 1);
  },
};

(async () => {
  for (const [name, check] of Object.entries(checks)) {
    try {
      await check();
    } catch (error) {
      console.error(`${name}: ${error.stack}`);
      process.exit(1);
    }
  }
  console.log(`${Object.keys(checks).length} checks passed`);
  process.exit(0);
})();
